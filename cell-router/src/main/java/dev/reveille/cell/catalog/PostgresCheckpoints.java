package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.CheckpointId;
import dev.reveille.cell.CheckpointTable;
import dev.reveille.cell.DatabaseId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@link CheckpointTable} in Postgres. Safe from any thread. */
record PostgresCheckpoints(CatalogPool pool) implements CheckpointTable {

  @Override
  public void createCheckpoint(Checkpoint checkpoint) {
    write(connection -> CheckpointRows.insert(connection, checkpoint, "creating"));
  }

  @Override
  public void markCheckpointReady(CheckpointId checkpoint, long bytes) {
    write(connection -> CheckpointRows.markReady(connection, checkpoint, bytes));
  }

  @Override
  public Optional<Checkpoint> checkpoint(AccountId account, String databaseName, String name) {
    return pool
        .read(connection -> CheckpointRows.named(connection, account, databaseName, name));
  }

  @Override
  public List<Checkpoint> checkpoints(AccountId account) {
    return pool.read(connection -> CheckpointRows.of(connection, account));
  }

  @Override
  public List<Checkpoint> checkpointsOf(DatabaseId database) {
    return pool.read(connection -> CheckpointRows.of(connection, database));
  }

  @Override
  public List<Checkpoint> bases(AccountId account) {
    return pool.read(connection -> CheckpointRows.bases(connection, account));
  }

  @Override
  public List<Checkpoint> basesOf(DatabaseId branch) {
    return pool.read(connection -> CheckpointRows.bases(connection, branch));
  }

  @Override
  public void dropCheckpoint(CheckpointId checkpoint) {
    write(connection -> CheckpointRows.markDropping(connection, checkpoint));
  }

  @Override
  public void forgetCheckpoint(CheckpointId checkpoint) {
    write(connection -> CheckpointRows.delete(connection, checkpoint));
  }

  @Override
  public void setCheckpointExpiry(CheckpointId checkpoint, Optional<Instant> expiresAt) {
    write(connection -> CheckpointRows.expiry(connection, checkpoint, expiresAt));
  }

  @Override
  public List<Checkpoint> unfinishedCheckpoints() {
    return pool.read(CheckpointRows::unfinished);
  }

  @Override
  public List<Checkpoint> expiredCheckpoints(Collection<CellId> cells, Instant now, int limit) {
    return pool.read(connection -> CheckpointRows.expired(connection, cells, now, limit));
  }

  /** Work without a result. */
  @FunctionalInterface
  private interface Change {
    void on(Connection connection) throws SQLException;
  }

  private void write(Change change) {
    pool.<@Nullable Void>write(connection -> {
      change.on(connection);
      return null;
    });
  }
}
