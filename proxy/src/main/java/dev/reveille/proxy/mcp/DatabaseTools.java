package dev.reveille.proxy.mcp;

import dev.reveille.cell.ApiScope;
import dev.reveille.cell.CheckpointKind;
import dev.reveille.proxy.api.ApiJson;
import dev.reveille.proxy.api.Caller;
import dev.reveille.proxy.mcp.Arguments.BranchArguments;
import dev.reveille.proxy.mcp.Arguments.CheckpointArguments;
import dev.reveille.proxy.mcp.Arguments.CreateDatabaseArguments;
import dev.reveille.proxy.mcp.Arguments.DropArguments;
import dev.reveille.proxy.mcp.Arguments.None;
import dev.reveille.proxy.mcp.Arguments.RestoreArguments;
import dev.reveille.proxy.mcp.Tool.Effect;
import dev.reveille.proxy.operations.CheckpointView;
import dev.reveille.proxy.operations.CreateDatabase;
import dev.reveille.proxy.operations.CreatedWithAccess;
import dev.reveille.proxy.operations.DatabaseView;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.OperationFailure;
import dev.reveille.proxy.operations.Source;
import dev.reveille.proxy.operations.Ttl;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Tools that make and end databases. */
final class DatabaseTools {
  /** How many are listed. */
  private static final int CHECKPOINTS = 200;

  private final Supplier<Databases> databases;

  DatabaseTools(Supplier<Databases> databases) {
    this.databases = databases;
  }

  List<Tool> all() {
    return List.of(
        new Tool("list_databases", "List databases",
            "Lists the account's databases with their state, expiry and what they are branches of, and"
                + " the newest checkpoints, also of databases that were dropped.",
            None.class, ApiScope.DATABASES_READ, Effect.READS, this::list),
        new Tool("create_database", "Create a database",
            "Creates an empty Postgres database and returns its connection string, which is shown"
                + " only now. It ends by itself when its ttl is over.",
            CreateDatabaseArguments.class, ApiScope.DATABASES_WRITE, Effect.ADDS, this::create),
        new Tool("branch_database", "Branch a database",
            "Creates a database that begins as a copy of another, now or at a checkpoint. Cheap"
                + " whatever its size; a good place to try something. Also brings back a dropped"
                + " database from its checkpoint.",
            BranchArguments.class, ApiScope.DATABASES_WRITE, Effect.ADDS, this::branch),
        new Tool("checkpoint_database", "Checkpoint a database",
            "Keeps what a database is now, to go back to with restore_database.",
            CheckpointArguments.class, ApiScope.DATABASES_WRITE, Effect.ADDS, this::checkpoint),
        new Tool("restore_database", "Restore a database",
            "Makes a database what it was at a checkpoint, and ends its sessions. What it was until"
                + " then is kept as a checkpoint first, which the answer names.",
            RestoreArguments.class, ApiScope.DATABASES_WRITE, Effect.DESTROYS, this::restore),
        new Tool("drop_database", "Drop a database",
            "Drops a database. A checkpoint is taken first, which the answer names: branch_database"
                + " brings it back.",
            DropArguments.class, ApiScope.DATABASES_WRITE, Effect.DESTROYS, this::drop));
  }

  private Result list(Caller caller, JsonNode arguments) {
    List<Map<String, Object>> all = databases.get()
        .list(caller.requester())
        .stream()
        .map(DatabaseTools::database)
        .toList();
    List<CheckpointView> checkpoints = databases.get().checkpoints(caller.requester());
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("databases", all);
    data.put("checkpoints",
        checkpoints.stream().limit(CHECKPOINTS).map(DatabaseTools::checkpoint).toList());
    return Result.of("There are " + all.size() + " databases and " + checkpoints.size()
        + " checkpoints" + (checkpoints.size() > CHECKPOINTS
            ? ", of which the newest " + CHECKPOINTS + " are shown."
            : "."),
        data);
  }

  private Result create(Caller caller, JsonNode json) {
    CreateDatabaseArguments arguments = ApiJson.as(json, CreateDatabaseArguments.class);
    return made(caller, arguments.name(), Optional.empty(), arguments.ttl());
  }

  private Result branch(Caller caller, JsonNode json) {
    BranchArguments arguments = ApiJson.as(json, BranchArguments.class);
    return made(caller, arguments.name(), Optional
        .of(new Source(arguments.database(), Optional.ofNullable(arguments.checkpoint()))),
        arguments.ttl());
  }

  private Result made(Caller caller, String name, Optional<Source> source,
      @Nullable String ttl) {
    CreatedWithAccess made = databases.get()
        .createWithAccess(caller.requester(), new CreateDatabase(name, source,
            Optional.ofNullable(ttl).map(Ttl::parse), Optional.empty()));
    return Result.of("The database \"" + name + "\" was made.",
        Map.of("database", database(made.created().database()), "connection_string",
            made.connectionString(), "notices", made.created().notices()));
  }

  private Result checkpoint(Caller caller, JsonNode json) {
    CheckpointArguments arguments = ApiJson.as(json, CheckpointArguments.class);
    CheckpointView taken = databases.get()
        .checkpoint(caller.requester(), arguments.database(),
            Optional.ofNullable(arguments.name()), CheckpointKind.NAMED);
    return Result.of("The checkpoint \"" + taken.name() + "\" was taken.",
        Map.of("checkpoint", checkpoint(taken)));
  }

  private Result restore(Caller caller, JsonNode json) {
    RestoreArguments arguments = ApiJson.as(json, RestoreArguments.class);
    CheckpointView before = databases.get()
        .restore(caller.requester(), arguments.database(), arguments.checkpoint())
        .before();
    return Result.of("The database was restored. Restoring \"" + before.name() + "\" undoes it.",
        Map.of("undo_checkpoint", checkpoint(before)));
  }

  private Result drop(Caller caller, JsonNode json) {
    DropArguments arguments = ApiJson.as(json, DropArguments.class);
    boolean force = Boolean.TRUE.equals(arguments.force());
    if (!force) {
      requireAtRest(caller, arguments.database());
    }
    CheckpointView before = databases.get()
        .checkpoint(caller.requester(), arguments.database(), Optional.empty(),
            CheckpointKind.AUTOMATIC);
    try {
      var _ = databases.get().drop(caller.requester(), arguments.database(), false, force);
    } catch (OperationFailure e) {
      // It is not taken away again: another's statement may be relying on it by now.
      return Result.of(e).with("undo_checkpoint", checkpoint(before));
    }
    return Result.of("The database was dropped. A branch of its checkpoint \"" + before.name()
        + "\" brings it back.", Map.of("undo_checkpoint", checkpoint(before)));
  }

  /** The drop itself refuses too, but after a checkpoint, which each try would leave behind. */
  private void requireAtRest(Caller caller, String name) {
    databases.get()
        .list(caller.requester())
        .stream()
        .filter(one -> one.name().equals(name) && one.sessions() > 0)
        .findFirst()
        .ifPresent(busy -> {
          throw new OperationFailure(OperationFailure.Kind.BUSY, "55006",
              "database \"" + name + "\" is being accessed by other users",
              "It has " + busy.sessions() + " sessions.", "");
        });
  }

  static Map<String, Object> database(DatabaseView view) {
    Map<String, Object> database = new LinkedHashMap<>();
    database.put("name", view.name());
    database.put("state", view.state());
    database.put("created_at", view.created().toString());
    view.expires().ifPresent(at -> database.put("expires_at", at.toString()));
    view.parent().ifPresent(parent -> database.put("branch_of", parent));
    view.checkpoint().ifPresent(checkpoint -> database.put("branch_of_checkpoint", checkpoint));
    return database;
  }

  static Map<String, Object> checkpoint(CheckpointView view) {
    Map<String, Object> checkpoint = new LinkedHashMap<>();
    checkpoint.put("name", view.name());
    checkpoint.put("database", view.database());
    checkpoint.put("kind", view.kind());
    checkpoint.put("created_at", view.created().toString());
    view.expires().ifPresent(at -> checkpoint.put("expires_at", at.toString()));
    return checkpoint;
  }
}
