package dev.reveille.proxy.http;

import dev.reveille.cell.CatalogException;
import dev.reveille.proxy.api.ApiAnswer;
import dev.reveille.proxy.api.Caller;
import dev.reveille.proxy.api.Gate;
import dev.reveille.proxy.api.KeyLimits;
import dev.reveille.proxy.api.ProblemException;
import dev.reveille.proxy.mcp.McpEndpoint;
import dev.reveille.proxy.operations.Requester;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** {@code /mcp}: proves who calls, by API key or by the home's control token, and hands over. */
public final class McpRoutes implements Consumer<JavalinConfig> {
  private final McpEndpoint endpoint;
  private final Gate gate;
  private final KeyLimits limits;
  private final ControlToken token;
  private final Supplier<Requester> control;

  public McpRoutes(McpEndpoint endpoint, Gate gate, KeyLimits limits, ControlToken token,
      Supplier<Requester> control) {
    this.endpoint = endpoint;
    this.gate = gate;
    this.limits = limits;
    this.token = token;
    this.control = control;
  }

  @Override
  public void accept(JavalinConfig config) {
    config.routes.post("/mcp", this::serve);
    config.routes.get("/mcp", this::serve);
    config.routes.delete("/mcp", this::serve);
  }

  private void serve(Context context) throws Exception {
    try {
      Caller caller = caller(context);
      KeyLimits.Taken taken = limits.take(caller.name());
      if (!taken.allowed()) {
        throw ProblemException.tooMany(taken);
      }
      context.req().setAttribute(McpEndpoint.CALLER, caller);
    } catch (ProblemException e) {
      ApiRoutes.send(context, ApiAnswer.of(e));
      return;
    } catch (CatalogException e) {
      ApiRoutes.send(context, ApiAnswer.of(ProblemException.of(e)));
      return;
    }
    endpoint.servlet().service(context.req(), context.res());
  }

  private Caller caller(Context context) {
    String authorization = context.header("Authorization");
    return token.matches(authorization)
        ? Caller.control(control.get().account())
        : gate.admit(Optional.ofNullable(authorization),
            ApiRoutes.client(context.req().getRemoteAddr()));
  }
}
