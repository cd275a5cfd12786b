package dev.reveille.proxy.api;

import dev.reveille.cell.ApiScope;
import dev.reveille.cell.CheckpointKind;
import dev.reveille.proxy.api.DatabaseBodies.Checkpoint;
import dev.reveille.proxy.api.DatabaseBodies.CheckpointPage;
import dev.reveille.proxy.api.DatabaseBodies.CreateCheckpointRequest;
import dev.reveille.proxy.api.DatabaseBodies.RestoreRequest;
import dev.reveille.proxy.api.DatabaseBodies.RestoredDatabase;
import dev.reveille.proxy.operations.CheckpointView;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.Requester;
import dev.reveille.proxy.operations.Restored;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What the API does with checkpoints. */
final class CheckpointOperations {
  private static final String ALL = DatabaseOperations.ONE + "/checkpoints";

  private final Supplier<Databases> databases;

  CheckpointOperations(Supplier<Databases> databases) {
    this.databases = databases;
  }

  List<Operation> all() {
    return List.of(
        Operation.get(ALL, "listCheckpoints", "A database's checkpoints, by name")
            .needs(ApiScope.DATABASES_READ)
            .takes(Parameter.LIMIT, Parameter.CURSOR)
            .answers(CheckpointPage.class)
            .by(this::list),
        Operation.post(ALL, "createCheckpoint", "Take a checkpoint", 201)
            .needs(ApiScope.DATABASES_WRITE)
            .takes(CreateCheckpointRequest.class)
            .answers(Checkpoint.class)
            .repeatable()
            .by(this::create),
        Operation.delete(ALL + "/{checkpoint}", "dropCheckpoint", "Drop a checkpoint", 204)
            .needs(ApiScope.DATABASES_WRITE)
            .refuses(409)
            .by(this::drop),
        Operation.post(DatabaseOperations.ONE + "/restore", "restoreDatabase",
            "Go back to a checkpoint; what was is kept as another", 200)
            .needs(ApiScope.DATABASES_WRITE)
            .takes(RestoreRequest.class)
            .answers(RestoredDatabase.class)
            .refuses(409)
            .by(this::restore));
  }

  private Reply list(Call call) {
    Requester who = call.caller().requester();
    List<CheckpointView> found = databases.get()
        .checkpoints(who)
        .stream()
        .filter(checkpoint -> checkpoint.database().equals(call.database()))
        .sorted(Comparator.comparing(CheckpointView::name))
        .toList();
    if (found.isEmpty()) {
      var _ = DatabaseOperations.view(databases.get(), who, call.database());
    }
    var part = Cursor.part(found, CheckpointView::name, call.cursor(), call.limit());
    return Reply.of(new CheckpointPage(
        part.items().stream().map(CheckpointOperations::body).toList(),
        part.next().orElse(null)));
  }

  private Reply create(Call call) {
    CheckpointView taken = databases.get()
        .checkpoint(call.caller().requester(), call.database(),
            Optional.ofNullable(call.body(CreateCheckpointRequest.class).name()),
            CheckpointKind.NAMED);
    return Reply.made(body(taken), DatabaseOperations.ALL + "/" + Texts.inUrl(call.database())
        + "/checkpoints/" + Texts.inUrl(taken.name()));
  }

  private Reply drop(Call call) {
    databases.get()
        .dropCheckpoint(call.caller().requester(), call.database(), call.path("checkpoint"));
    return Reply.nothing();
  }

  private Reply restore(Call call) {
    Requester who = call.caller().requester();
    Restored restored = databases.get()
        .restore(who, call.database(), call.body(RestoreRequest.class).checkpoint());
    return Reply.of(new RestoredDatabase(
        DatabaseOperations.body(DatabaseOperations.view(databases.get(), who, call.database())),
        body(restored.before())));
  }

  static Checkpoint body(CheckpointView view) {
    return new Checkpoint(view.name(), view.database(), view.kind(), view.createdBy(),
        view.created(), view.expires().orElse(null), view.bytes());
  }
}
