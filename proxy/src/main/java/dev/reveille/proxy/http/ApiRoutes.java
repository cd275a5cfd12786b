package dev.reveille.proxy.http;

import dev.reveille.proxy.api.Api;
import dev.reveille.proxy.api.ApiAnswer;
import dev.reveille.proxy.api.ApiRequest;
import dev.reveille.proxy.api.Operation;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Routes to the operations of the API, and the document that describes them. */
public final class ApiRoutes implements Consumer<JavalinConfig> {
  private static final String EVERYTHING = "/v1/*";
  private static final List<HandlerType> METHODS = List.of(HandlerType.GET, HandlerType.POST,
      HandlerType.PUT, HandlerType.PATCH, HandlerType.DELETE, HandlerType.OPTIONS,
      HandlerType.HEAD, HandlerType.TRACE);

  private final Api api;

  public ApiRoutes(Api api) {
    this.api = api;
  }

  @Override
  public void accept(JavalinConfig config) {
    config.routes.get("/v1/openapi.json", context -> context.contentType("application/json")
        .result(api.document()));
    for (Operation operation : api.operations()) {
      HandlerType method = HandlerType.findOrCreate(operation.method());
      Handler handler = context -> send(context, api.answer(operation, request(context)));
      config.routes.addHttpHandler(method, operation.path(), handler);
    }
    for (HandlerType method : METHODS) {
      config.routes.addHttpHandler(method, EVERYTHING,
          context -> send(context, api.nothing(context.method().toString(), context.path())));
    }
  }

  static void send(Context context, ApiAnswer answer) {
    context.status(answer.status());
    answer.headers().forEach(context::header);
    context.header("Cache-Control", "no-store");
    context.header("X-Content-Type-Options", "nosniff");
    if (answer.body().length > 0) {
      context.contentType(answer.contentType()).result(answer.body());
    }
  }

  static InetAddress client(String address) {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      return InetAddress.getLoopbackAddress();
    }
  }

  private static ApiRequest request(Context context) {
    return new ApiRequest() {
      @Override
      public InetAddress client() {
        return ApiRoutes.client(context.req().getRemoteAddr());
      }

      @Override
      public Optional<String> header(String name) {
        return Optional.ofNullable(context.header(name));
      }

      @Override
      public Map<String, String> path() {
        return context.pathParamMap();
      }

      @Override
      public Map<String, List<String>> query() {
        return context.queryParamMap();
      }

      @Override
      public byte[] body(int most) {
        try {
          return context.req().getInputStream().readNBytes(most + 1);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }
}
