package dev.reveille.proxy.operations;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.CheckpointId;
import dev.reveille.cell.CheckpointKind;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.CloneReport;
import dev.reveille.compute.Moving;
import dev.reveille.proxy.audit.AuditEvent.DatabaseChanged;
import dev.reveille.proxy.operations.OperationFailure.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints of databases. The catalog knows one as being made first, then its storage is cloned, then
 * it can be found; it goes the other way round. None is deleted while it is being read.
 */
final class Checkpoints {
  private static final Logger log = LoggerFactory.getLogger(Checkpoints.class);
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")
      .withZone(ZoneOffset.UTC);
  private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

  private final Ground ground;
  /** How many clones are being made of each. */
  private final ConcurrentMap<CheckpointId, Integer> read = new ConcurrentHashMap<>();

  Checkpoints(Ground ground) {
    this.ground = ground;
  }

  CheckpointView checkpoint(Requester who, String database, Optional<String> name,
      CheckpointKind kind) {
    Route route = ground.own(Ground.inUse(ground.route(who.account(), database)));
    ground.budget().admitStorage(who.account());
    Checkpoint made = make(fresh(who, route, StorageId.random(), name, kind),
        checkpoint -> ground.computes().clone(route, checkpoint.storage()));
    ground.audit().record(DatabaseChanged.checkpointMade(route, made.name(), kind, who.name()));
    return CheckpointView.of(made);
  }

  /** Records it, has its storage made, and lets it be found; leaves nothing where that fails. */
  Checkpoint make(Checkpoint checkpoint, Function<Checkpoint, Moving<CloneReport>> clone) {
    ground.catalog().checkpoints().createCheckpoint(checkpoint);
    try {
      CloneReport report = ground.await("the checkpoint", clone.apply(checkpoint));
      ground.catalog().checkpoints().markCheckpointReady(checkpoint.id(), report.bytes());
      return sized(checkpoint, report.bytes());
    } catch (RuntimeException e) {
      undo(checkpoint);
      throw e;
    }
  }

  /** One that is not recorded yet. */
  Checkpoint fresh(Requester who, Route route, StorageId storage, Optional<String> name,
      CheckpointKind kind) {
    Instant now = ground.now();
    return new Checkpoint(CheckpointId.random(), route.account(), route.database(), route.name(),
        name.orElseGet(() -> name(kind, now)), route.homeCell(), storage, kind, who.name(), now,
        life(who, kind).map(now::plus), 0);
  }

  static Checkpoint sized(Checkpoint c, long bytes) {
    return new Checkpoint(c.id(), c.account(), c.database(), c.databaseName(), c.name(), c.cell(),
        c.storage(), c.kind(), c.createdBy(), c.createdAt(), c.expiresAt(), bytes);
  }

  private Optional<Duration> life(Requester who, CheckpointKind kind) {
    LifetimeRules rules = ground.policies().lifetimes();
    return switch (kind) {
      case NAMED -> who.agent() ? Optional.of(rules.checkpoint()) : Optional.empty();
      case AUTOMATIC, RESTORE -> Optional.of(rules.undo());
      case BASE -> Optional.empty();
    };
  }

  /** For instance {@code cp-20261121-013005-x7}. */
  private String name(CheckpointKind kind, Instant now) {
    StringBuilder name = new StringBuilder(switch (kind) {
      case NAMED -> "cp-";
      case AUTOMATIC -> "auto-";
      case RESTORE -> "before-restore-";
      case BASE -> "base-";
    }).append(TIME.format(now)).append('-');
    for (int i = 0; i < 3; i++) {
      name.append(LETTERS.charAt(ground.random().nextInt(LETTERS.length())));
    }
    return name.toString();
  }

  /** Also of a database that has been dropped. */
  Checkpoint require(AccountId account, String database, String name) {
    Checkpoint found = ground.catalog()
        .checkpoints()
        .checkpoint(account, database, name)
        .orElseThrow(() -> OperationFailure.noSuchCheckpoint(database, name));
    if (!ground.cells().contains(found.cell())) {
      throw OperationFailure.notOffered(
          "checkpoint \"" + name + "\" is in cell " + found.cell() + " of another proxy",
          "Ask the proxy that has this cell.");
    }
    return found;
  }

  /** A new storage that is what the checkpoint is; the checkpoint stays until that is done. */
  Moving<CloneReport> cloned(Checkpoint from, StorageId target) {
    read.merge(from.id(), 1, Integer::sum);
    try {
      // From now on it is not deleted; it may have been until now.
      var _ = require(from.account(), from.databaseName(), from.name());
      Moving<CloneReport> cloning = ground.computes()
          .cloneStorage(from.cell(), from.storage(), target);
      var _ = cloning.report().whenComplete((report, failure) -> release(from));
      return cloning;
    } catch (RuntimeException e) {
      release(from);
      throw e;
    }
  }

  private void release(Checkpoint from) {
    read.computeIfPresent(from.id(), (id, readers) -> readers == 1 ? null : readers - 1);
  }

  void drop(Requester who, String database, String name) {
    Checkpoint checkpoint = require(who.account(), database, name);
    if (read.containsKey(checkpoint.id())) {
      throw new OperationFailure(Kind.BUSY, "55006",
          "checkpoint \"" + name + "\" is being used by other users",
          "A database is being made of it.", "It is safe to try again.");
    }
    remove(checkpoint, who.name());
  }

  /** Deletes a checkpoint unless it is being read; tells whether it is gone. */
  boolean remove(Checkpoint checkpoint, String by) {
    boolean gone = deleted(checkpoint);
    if (gone) {
      ground.audit().record(DatabaseChanged.checkpointDropped(checkpoint, by));
    }
    return gone;
  }

  /** The same, and nobody hears of it. */
  boolean deleted(Checkpoint checkpoint) {
    ground.catalog().checkpoints().dropCheckpoint(checkpoint.id());
    if (read.containsKey(checkpoint.id())) {
      // A clone has begun since it was looked at: the next start takes the storage.
      return false;
    }
    delete(checkpoint);
    return true;
  }

  private void delete(Checkpoint checkpoint) {
    ground.await("the checkpoint's removal",
        ground.computes().deleteStorage(checkpoint.cell(), checkpoint.storage()));
    ground.catalog().checkpoints().forgetCheckpoint(checkpoint.id());
  }

  private void undo(Checkpoint checkpoint) {
    try {
      ground.catalog().checkpoints().dropCheckpoint(checkpoint.id());
      delete(checkpoint);
    } catch (OperationFailure | CatalogException e) {
      log.atWarn()
          .setCause(e)
          .addKeyValue("storage", checkpoint.storage())
          .log("a checkpoint was left half made; the next start takes it away");
    }
  }

  /** Takes away what an earlier life left half made or half dropped in our cells. */
  void recover() {
    for (Checkpoint half : ground.catalog().checkpoints().unfinishedCheckpoints()) {
      if (ground.cells().contains(half.cell())) {
        delete(half);
      }
    }
  }
}
