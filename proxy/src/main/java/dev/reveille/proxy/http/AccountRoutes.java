package dev.reveille.proxy.http;

import dev.reveille.proxy.operations.RequestJson;
import dev.reveille.proxy.operations.Usage;
import io.javalin.config.JavalinConfig;
import java.util.function.Consumer;

/**
 * The command line's calls about accounts and plans. {@link ControlRoutes} asks each for the control
 * token and answers its failures.
 */
public final class AccountRoutes implements Consumer<JavalinConfig> {
  private static final String BASE = ControlRoutes.BASE;

  private final Usage usage;

  public AccountRoutes(Usage usage) {
    this.usage = usage;
  }

  @Override
  public void accept(JavalinConfig config) {
    config.routes.get(BASE + "plans", context -> HttpListener.json(context, 200, usage.plans()));
    config.routes.get(BASE + "account", context -> HttpListener.json(context, 200,
        usage.show(ControlRoutes.name(context))));
    config.routes.post(BASE + "account/set", context -> HttpListener.json(context, 200,
        usage.set(ControlRoutes.name(context), RequestJson.account(context.body()))));
  }
}
