package dev.reveille.proxy.http;

import dev.reveille.cell.CheckpointKind;
import dev.reveille.proxy.operations.CreatedWithAccess;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.RequestJson;
import dev.reveille.proxy.operations.Requester;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The command line's calls about databases. {@link ControlRoutes} asks each for the control token and
 * answers its failures.
 */
final class DatabaseRoutes implements Consumer<JavalinConfig> {
  private final Supplier<Databases> databases;

  DatabaseRoutes(Supplier<Databases> databases) {
    this.databases = databases;
  }

  /** What a call answers, beside status 200. */
  private interface Call {
    Object answer(Databases databases, Requester who, String name, String body);
  }

  @Override
  public void accept(JavalinConfig config) {
    post(config, "create", (all, who, name, body) -> {
      CreatedWithAccess made = all.createWithAccess(who, RequestJson.database(name, body));
      return Map.of("url", made.connectionString(), "database", made.created().database(),
          "notices", made.created().notices());
    });
    post(config, "url", (all, who, name, body) -> Map.of("url", all.issue(who, name)));
    post(config, "suspend", (all, who, name, body) -> message(all.suspend(who, name)));
    post(config, "wake", (all, who, name, body) -> message(all.wake(who, name)));
    post(config, "drop", (all, who, name, body) -> {
      var _ = all.drop(who, name, false, true);
      return message("\"" + name + "\" is gone");
    });
    post(config, "rename", (all, who, name, body) -> {
      String to = RequestJson.text("to", body);
      all.rename(who, name, to);
      return message("\"" + name + "\" is now \"" + to + "\"");
    });
    post(config, "set", (all, who, name, body) -> Map.of("notices",
        all.alter(who, name, RequestJson.texts(body))));
    post(config, "checkpoint", (all, who, name, body) -> all.checkpoint(who, name,
        RequestJson.optionalText("as", body), CheckpointKind.NAMED));
    post(config, "checkpoint/drop", (all, who, name, body) -> {
      String checkpoint = RequestJson.text("checkpoint", body);
      all.dropCheckpoint(who, name, checkpoint);
      return message("checkpoint \"" + checkpoint + "\" is gone");
    });
    post(config, "restore", (all, who, name, body) -> all.restore(who, name,
        RequestJson.text("checkpoint", body)));
    config.routes.get(ControlRoutes.BASE + "checkpoints", context -> HttpListener.json(context,
        200, databases.get().checkpoints(databases.get().control())));
    config.routes.get(ControlRoutes.BASE + "bases", context -> HttpListener.json(context,
        200, databases.get().bases(databases.get().control())));
    config.routes.get(ControlRoutes.BASE + "storage",
        context -> HttpListener.json(context, 200, databases.get().inspect(false)));
    config.routes.post(ControlRoutes.BASE + "storage/repair",
        context -> HttpListener.json(context, 200, databases.get().inspect(true)));
  }

  private static Map<String, String> message(String text) {
    return Map.of("message", text);
  }

  private void post(JavalinConfig config, String path, Call call) {
    config.routes.post(ControlRoutes.BASE + path, context -> answer(context, call));
  }

  private void answer(Context context, Call call) {
    Databases all = databases.get();
    HttpListener.json(context, 200,
        call.answer(all, all.control(), ControlRoutes.name(context), context.body()));
  }
}
