package dev.reveille.proxy.http;

import dev.reveille.proxy.operations.DatabaseView;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.OperationFailure;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.UnauthorizedResponse;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The command line's own calls, each with the control token. No promise is made about their form. */
public final class ControlRoutes implements Consumer<JavalinConfig> {
  private static final Logger log = LoggerFactory.getLogger(ControlRoutes.class);
  static final String BASE = "/control/v1/";

  private final ControlToken token;
  private final Supplier<Databases> databases;
  private final Supplier<Object> status;
  private final Function<String, Object> timeline;

  /** The databases are asked for at each call: there are none while the process starts. */
  public ControlRoutes(ControlToken token, Supplier<Databases> databases, Supplier<Object> status,
      Function<String, Object> timeline) {
    this.token = token;
    this.databases = databases;
    this.status = status;
    this.timeline = timeline;
  }

  @Override
  public void accept(JavalinConfig config) {
    config.routes.before(BASE + "*", context -> {
      if (!token.matches(context.header("Authorization"))) {
        throw new UnauthorizedResponse();
      }
    });
    config.routes.get(BASE + "status", context -> HttpListener.json(context, 200, status.get()));
    config.routes.get(BASE + "databases",
        context -> HttpListener.json(context, 200, listed()));
    config.routes.get(BASE + "timeline",
        context -> HttpListener.json(context, 200, timeline.apply(name(context))));
    new DatabaseRoutes(databases).accept(config);
    config.routes.exception(OperationFailure.class, (failure, context) -> HttpListener.json(context,
        statusOf(failure.kind()), new Failure(failure.kind()
            .name()
            .toLowerCase(
                java.util.Locale.ROOT),
            String.valueOf(failure.getMessage()), failure.hint())));
    config.routes.exception(Exception.class, (bug, context) -> {
      log.atError().setCause(bug).log("a control call failed");
      HttpListener.json(context, 500,
          new Failure("internal", "an unexpected error; the log has it", ""));
    });
  }

  private List<DatabaseView> listed() {
    Databases all = databases.get();
    return all.list(all.control());
  }

  static String name(Context context) {
    String name = context.queryParam("name");
    if (name == null) {
      throw new OperationFailure(OperationFailure.Kind.INVALID, "the parameter name is missing",
          "");
    }
    return name;
  }

  private static int statusOf(OperationFailure.Kind kind) {
    return switch (kind) {
      case INVALID -> 400;
      case NOT_ALLOWED -> 403;
      case NOT_FOUND -> 404;
      case EXISTS, BUSY -> 409;
      case OVER_BUDGET -> 429;
      case UNAVAILABLE -> 503;
      case FAILED -> 500;
    };
  }
}
