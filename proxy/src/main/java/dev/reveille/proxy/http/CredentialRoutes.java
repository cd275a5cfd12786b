package dev.reveille.proxy.http;

import dev.reveille.proxy.operations.Credentials;
import dev.reveille.proxy.operations.RequestJson;
import io.javalin.config.JavalinConfig;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The command line's calls about credentials. {@link ControlRoutes} asks each for the control token
 * and answers its failures.
 */
public final class CredentialRoutes implements Consumer<JavalinConfig> {
  private static final String BASE = ControlRoutes.BASE + "credential";

  private final Supplier<Credentials> credentials;

  public CredentialRoutes(Supplier<Credentials> credentials) {
    this.credentials = credentials;
  }

  @Override
  public void accept(JavalinConfig config) {
    config.routes.get(BASE + "s",
        context -> HttpListener.json(context, 200, credentials.get().list()));
    config.routes.get(BASE, context -> HttpListener.json(context, 200,
        credentials.get().show(ControlRoutes.name(context))));
    config.routes.post(BASE + "/create", context -> HttpListener.json(context, 200,
        credentials.get().create(RequestJson.credential(context.body()))));
    config.routes.post(BASE + "/narrow", context -> HttpListener.json(context, 200,
        credentials.get()
            .narrow(ControlRoutes.name(context), RequestJson.credential(context.body()))));
    config.routes.post(BASE + "/narrow-in-place", context -> HttpListener.json(context, 200,
        credentials.get()
            .narrowInPlace(ControlRoutes.name(context), RequestJson.scope(context.body()))));
    config.routes.post(BASE + "/rotate", context -> HttpListener.json(context, 200,
        credentials.get()
            .rotate(ControlRoutes.name(context), RequestJson.dropOld(context.body()))));
    config.routes.post(BASE + "/revoke", context -> HttpListener.json(context, 200,
        Map.of("message", credentials.get().revoke(ControlRoutes.name(context)))));
  }
}
