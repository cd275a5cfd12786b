package dev.reveille.proxy.http;

import dev.reveille.proxy.api.Keys;
import dev.reveille.proxy.config.Kind;
import dev.reveille.proxy.operations.OperationFailure;
import dev.reveille.proxy.operations.Requester;
import io.javalin.config.JavalinConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command line's calls about keys of the API, with the control token. */
public final class KeyRoutes implements Consumer<JavalinConfig> {
  private static final Kind<Duration> TTL = Kind.duration("1s", "366d");

  private final Keys keys;
  private final Supplier<Requester> control;

  public KeyRoutes(Keys keys, Supplier<Requester> control) {
    this.keys = keys;
    this.control = control;
  }

  @Override
  public void accept(JavalinConfig config) {
    config.routes.get(ControlRoutes.BASE + "keys",
        context -> HttpListener.json(context, 200, keys.list(control.get())));
    config.routes.post(ControlRoutes.BASE + "key/create", context -> {
      JsonNode request = read(context.body());
      List<String> scopes = new ArrayList<>();
      request.path("scopes").forEach(scope -> scopes.add(scope.asString("")));
      JsonNode ttl = request.path("ttl");
      HttpListener.json(context, 200, keys.create(control.get(), ControlRoutes.name(context),
          scopes, ttl.isString() ? Optional.of(ttl(ttl.asString())) : Optional.empty()));
    });
    config.routes.post(ControlRoutes.BASE + "key/revoke", context -> HttpListener.json(context,
        200, Map.of("message", keys.revoke(control.get(), ControlRoutes.name(context)))));
  }

  private static Duration ttl(String text) {
    try {
      return TTL.parser().apply(text);
    } catch (IllegalArgumentException e) {
      throw new OperationFailure(OperationFailure.Kind.INVALID,
          "the ttl cannot be \"" + text + "\": " + e.getMessage(), "");
    }
  }

  private static JsonNode read(String body) {
    try {
      return JsonMapper.shared().readTree(body);
    } catch (JacksonException e) {
      throw new OperationFailure(OperationFailure.Kind.INVALID, "the request is not JSON", "");
    }
  }
}
