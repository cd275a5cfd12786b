package dev.reveille.proxy.app;

import dev.reveille.cell.Catalog;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.CheckpointKind;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.DatabaseId;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.OperationFailure;
import dev.reveille.proxy.operations.Requester;
import dev.reveille.proxy.undo.NoCheckpoint;
import dev.reveille.proxy.undo.UndoNet;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Joins the net under sessions to the operations that take checkpoints, which come later at the start. Any thread. */
final class CheckpointsBefore {
  private static final String AGAIN = "It is safe to try again.";

  private final Catalog catalog;
  private final UndoNet net;
  private final AtomicReference<@Nullable Databases> databases = new AtomicReference<>();

  CheckpointsBefore(Catalog catalog, Duration interval, InstantSource clock) {
    this.catalog = catalog;
    this.net = new UndoNet(this::take, this::made, interval, clock,
        work -> Thread.ofVirtual().name("reveille-undo").start(work));
  }

  UndoNet net() {
    return net;
  }

  void takenBy(Databases operations) {
    databases.set(operations);
  }

  private List<Checkpoint> made(DatabaseId database) {
    try {
      return catalog.checkpoints().checkpointsOf(database);
    } catch (CatalogException e) {
      throw new NoCheckpoint("57P03", "The catalog does not answer.", AGAIN);
    }
  }

  private String take(Credential who, String database) {
    Databases operations = databases.get();
    if (operations == null) {
      throw new NoCheckpoint("57P03", "The proxy is starting.", AGAIN);
    }
    try {
      return operations.checkpoint(
          new Requester(who.account(), who.name(), who.kind() == CredentialKind.AGENT), database,
          Optional.empty(), CheckpointKind.AUTOMATIC).name();
    } catch (OperationFailure e) {
      throw new NoCheckpoint(e.sqlState(),
          e.getMessage() + (e.detail().isEmpty() ? "" : " (" + e.detail() + ")"), e.hint());
    }
  }
}
