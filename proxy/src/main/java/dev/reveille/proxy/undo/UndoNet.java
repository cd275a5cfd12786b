package dev.reveille.proxy.undo;

import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.CheckpointBefore;
import dev.reveille.cell.CheckpointKind;
import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseId;
import dev.reveille.proxy.relay.Precaution;
import dev.reveille.proxy.session.Precautions;
import dev.reveille.wire.ErrorFields;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a checkpoint of a database before a statement that destroys, for credentials that are marked so. One that was
 * made within the interval, by hand or by this, stands for a new one; the catalog is asked for it, so it does not matter
 * which proxy made it, and one that has been dropped does not stand. Statements that come while one is being made join
 * it. A net, and no gate: what cannot be recognised from the text passes.
 *
 * <p>Any thread.
 */
public final class UndoNet implements Precautions {
  private static final Logger log = LoggerFactory.getLogger(UndoNet.class);

  private final CheckpointTaker taker;
  private final Function<DatabaseId, List<Checkpoint>> made;
  private final Duration interval;
  private final InstantSource clock;
  private final Executor blocking;
  private final Map<DatabaseId, CompletableFuture<Found>> underWay = new ConcurrentHashMap<>();

  /** The checkpoint that a statement goes behind: one made for it, or one that stands. */
  private record Found(String name, Optional<Checkpoint> standing) {}

  /**
   * @param made the checkpoints of a database that are ready, newest first; blocks
   * @param interval at most one is taken of a database in this time
   * @param blocking runs each task on a thread that may block
   */
  public UndoNet(CheckpointTaker taker, Function<DatabaseId, List<Checkpoint>> made,
      Duration interval, InstantSource clock, Executor blocking) {
    this.taker = taker;
    this.made = made;
    this.interval = interval;
    this.clock = clock;
    this.blocking = blocking;
  }

  @Override
  public Optional<Precaution> of(Credential credential, DatabaseId database, String databaseName) {
    return credential.scope().checkpointBefore() == CheckpointBefore.NOTHING
        ? Optional.empty()
        : Optional.of(new OfSession(credential, database, databaseName));
  }

  /** One session's statements; its event loop only, apart from what completes. */
  private final class OfSession implements Precaution {
    private final Statements statements = new Statements();
    private final Credential credential;
    private final DatabaseId database;
    private final String name;

    OfSession(Credential credential, DatabaseId database, String name) {
      this.credential = credential;
      this.database = database;
      this.name = name;
    }

    @Override
    public @Nullable String before(byte type, ByteBuf body, boolean whole) {
      return statements.before(type, body, whole);
    }

    @Override
    public CompletionStage<Outcome> take(String what, boolean inTransaction) {
      return checkpoint(credential, database, name).handle((found, failure) -> found == null
          ? new Outcome.Refused(refused(what, failure))
          : new Outcome.Passed(found.standing()
              .map(standing -> UndoWords.standing(what, name, standing,
                  age(standing), interval))
              .orElseGet(() -> UndoWords.taken(what, name, found.name(), inTransaction))));
    }

    private ErrorFields refused(String what, @Nullable Throwable failure) {
      Throwable cause = failure != null && failure.getCause() != null
          ? failure.getCause()
          : failure;
      if (cause instanceof NoCheckpoint answer) {
        return UndoWords.refused(what, answer.sqlState(), String.valueOf(answer.getMessage()),
            answer.hint());
      }
      log.atError()
          .setCause(cause)
          .addKeyValue("database", database)
          .log("a checkpoint before a statement failed");
      return UndoWords.refused(what, "58000", "The log of the proxy says why.", "");
    }
  }

  private Duration age(Checkpoint checkpoint) {
    Duration age = Duration.between(checkpoint.createdAt(), clock.instant());
    return age.isNegative() ? Duration.ZERO : age;
  }

  /** Joined by all statements that come while it is under way: it began before any of them ran. */
  private CompletableFuture<Found> checkpoint(Credential who, DatabaseId database, String name) {
    CompletableFuture<Found> mine = new CompletableFuture<>();
    CompletableFuture<Found> first = underWay.putIfAbsent(database, mine);
    if (first != null) {
      return first;
    }
    blocking.execute(() -> {
      try {
        Optional<Checkpoint> standing = standing(database);
        Found found = new Found(
            standing.isPresent() ? standing.get().name() : taker.take(who, name), standing);
        underWay.remove(database, mine);
        mine.complete(found);
      } catch (RuntimeException e) {
        underWay.remove(database, mine);
        mine.completeExceptionally(e);
      }
    });
    return mine;
  }

  /** The newest, if it is young; after a restore none is, since it would be of what was before. */
  private Optional<Checkpoint> standing(DatabaseId database) {
    return made.apply(database)
        .stream()
        .findFirst()
        .filter(newest -> newest.kind() != CheckpointKind.RESTORE
            && age(newest).compareTo(interval) < 0);
  }
}
