package dev.reveille.proxy.http;

import dev.reveille.proxy.operations.Certificates;
import dev.reveille.proxy.operations.OperationFailure;
import io.javalin.config.JavalinConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command line's call for a client certificate, which sends the public key alone. */
public final class CertificateRoutes implements Consumer<JavalinConfig> {
  private final Supplier<Certificates> certificates;

  public CertificateRoutes(Supplier<Certificates> certificates) {
    this.certificates = certificates;
  }

  @Override
  public void accept(JavalinConfig config) {
    config.routes.post(ControlRoutes.BASE + "credential/cert", context -> {
      JsonNode request = read(context.body());
      JsonNode seconds = request.path("ttl_seconds");
      HttpListener.json(context, 200, certificates.get()
          .issue(ControlRoutes.name(context), request.path("public_key").asString(""),
              seconds.isNumber()
                  ? Optional.of(Duration.ofSeconds(seconds.asLong()))
                  : Optional.empty()));
    });
  }

  private static JsonNode read(String body) {
    try {
      return JsonMapper.shared().readTree(body);
    } catch (JacksonException e) {
      throw new OperationFailure(OperationFailure.Kind.INVALID, "the request is not JSON", "");
    }
  }
}
