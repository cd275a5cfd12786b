package dev.reveille.proxy.operations;

import dev.reveille.cell.CheckpointKind;
import dev.reveille.proxy.operations.OperationFailure.Kind;
import dev.reveille.proxy.schema.Change;
import dev.reveille.proxy.schema.MergePlan;
import dev.reveille.proxy.schema.Schema;
import dev.reveille.proxy.schema.SchemaScript;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Brings the changes of a branch's schema back to its parent; never rows. They are tried on a fresh branch of the parent
 * first, and what comes of it is compared with the branch; then the parent is checkpointed, and they are run on it in one
 * transaction.
 *
 * <p>Which changes are the branch's is known from what it began as, see {@link Bases}; and see {@link MergePlan} for one
 * of which that was not kept.
 *
 * <p>Blocks; any thread that may.
 */
public final class SchemaMerge {
  private static final Duration REHEARSAL = Duration.ofHours(1);
  private static final String LOCK_TIMEOUT = "10s";

  private final Databases databases;
  private final SchemaDiff schemas;
  private final RandomGenerator random;

  /**
   * What is asked for.
   *
   * @param into empty for the branch's parent
   * @param base a checkpoint of the parent; empty for what the branch began as, if that was kept
   * @param dryRun whether nothing is changed anywhere
   */
  public record Request(String branch, Optional<String> into, Optional<String> base,
      boolean dryRun) {}

  /**
   * What was done, or would be.
   *
   * @param base the checkpoint that the branch's changes were told by; empty when there was none
   * @param sql what was run on the parent; empty when there was nothing to merge
   * @param losing those statements after which data may be gone
   * @param untouched what is in the parent alone and stays, where no base tells who made it
   * @param checkpoint of the parent from before the merge; empty when nothing was run
   */
  public record Merged(String branch, String into, Optional<String> base, boolean dryRun,
      String sql, List<Change> losing, List<String> objects, List<String> untouched,
      Optional<String> checkpoint) {
    public Merged {
      losing = List.copyOf(losing);
      objects = List.copyOf(objects);
      untouched = List.copyOf(untouched);
    }
  }

  public SchemaMerge(Databases databases, SchemaDiff schemas, RandomGenerator random) {
    this.databases = databases;
    this.schemas = schemas;
    this.random = random;
  }

  /** Throws {@link OperationFailure}: 55000 when both have changed the same, with what. */
  public Merged merge(Requester who, Request request) {
    Bases.Origin origin = databases.origin(who, request.branch());
    String parent = request.into()
        .or(origin::parent)
        .orElseThrow(() -> new OperationFailure(Kind.INVALID, "55000",
            "database \"" + request.branch() + "\" is not a branch of one that is there", "",
            "Say where its schema goes with --into."));
    Optional<Source> base = request.base()
        .map(checkpoint -> new Source(parent, Optional.of(checkpoint)))
        .or(() -> origin.parent().equals(Optional.of(parent)) ? origin.base() : Optional.empty());
    Optional<Schema> before = base.map(source -> schemaOf(who, source));
    Schema now = schemas.read(who, parent);
    Schema wanted = schemas.read(who, request.branch());
    MergePlan plan = MergePlan.of(before, now, wanted);
    if (!plan.conflicts().isEmpty()) {
      throw conflict(request.branch(), parent, base, plan);
    }
    Optional<String> checkpoint = Optional.empty();
    if (!plan.script().isEmpty() && !request.dryRun()) {
      rehearse(who, parent, plan, wanted);
      checkpoint = Optional.of(apply(who, request.branch(), parent, plan.script()));
    }
    return new Merged(request.branch(), parent, base.flatMap(Source::checkpoint), request.dryRun(),
        plan.script().sql(),
        plan.script().losing(), plan.objects(), plan.untouched(), checkpoint);
  }

  /** What a database was at a checkpoint: read from a branch of it, which is dropped again. */
  private Schema schemaOf(Requester who, Source checkpoint) {
    String name = branched(who, "base", checkpoint);
    try {
      return schemas.read(who, name);
    } finally {
      var _ = databases.drop(who, name, true, true);
    }
  }

  private String branched(Requester who, String what, Source source) {
    String name = "merge-" + what + "-" + Integer.toHexString(random.nextInt() | 0x10000000);
    var _ = databases.createForNow(who, new CreateDatabase(name, Optional.of(source),
        Optional.of(new Ttl.For(REHEARSAL)), Optional.empty()));
    return name;
  }

  /** On a branch of the parent as it is now. It stays for a look when the changes do not go through. */
  private void rehearse(Requester who, String parent, MergePlan plan, Schema wanted) {
    String name = branched(who, "trial", new Source(parent, Optional.empty()));
    try {
      run(who, name, plan.script());
    } catch (SQLException e) {
      throw new OperationFailure(Kind.FAILED, "55000",
          "the changes do not go through on a fresh branch of \"" + parent + "\"",
          e.getMessage() + " Nothing was done to \"" + parent + "\".",
          "Look at it in \"" + name + "\", which is dropped by itself in an hour.");
    }
    List<String> missing = plan.missing(schemas.read(who, name), wanted);
    if (!missing.isEmpty()) {
      throw new OperationFailure(Kind.FAILED, "55000",
          "the changes do not make of \"" + parent + "\" what the branch is",
          "Still different: " + String.join(", ", missing) + ". Nothing was done to \"" + parent
              + "\".",
          "Look at it in \"" + name + "\", which is dropped by itself in an hour.");
    }
    var _ = databases.drop(who, name, true, true);
  }

  private String apply(Requester who, String branch, String parent, SchemaScript script) {
    String checkpoint = databases
        .checkpoint(who, parent,
            Optional.of("before-merge-" + Integer.toHexString(random.nextInt() | 0x10000000)),
            CheckpointKind.AUTOMATIC)
        .name();
    try {
      run(who, parent, script);
      return checkpoint;
    } catch (SQLException e) {
      throw new OperationFailure(Kind.FAILED, "55000",
          "the schema of \"" + branch + "\" could not be merged into \"" + parent + "\"",
          e.getMessage() + " All of it was rolled back.",
          "What it was before is checkpoint \"" + checkpoint + "\". It is safe to try again.");
    }
  }

  /** All or nothing. */
  private void run(Requester who, String database, SchemaScript script) throws SQLException {
    Optional<SQLException> failure = schemas.with(who, database, url -> {
      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        statement.execute("SET LOCAL search_path = pg_catalog");
        statement.execute("SET LOCAL lock_timeout = '" + LOCK_TIMEOUT + "'");
        for (Change change : script.changes()) {
          statement.execute(change.sql());
        }
        connection.commit();
        return Optional.empty();
      } catch (SQLException e) {
        return Optional.of(e);
      }
    });
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  private static OperationFailure conflict(String branch, String parent, Optional<Source> base,
      MergePlan plan) {
    return new OperationFailure(Kind.BUSY, "55000",
        "the schema of \"" + branch + "\" cannot be merged into \"" + parent + "\": "
            + String.join("; ", plan.conflicts()),
        base.map(source -> "Compared with \"" + source + "\", which the branch began as.")
            .orElse("What the branch began as was not kept, so only additions are merged."),
        base.isPresent()
            ? "Bring the branch to what the parent has in these, and merge again."
            : "Name a checkpoint of \"" + parent + "\" from that moment with --base, or branch "
                + "from a checkpoint.");
  }
}
