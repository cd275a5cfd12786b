package dev.reveille.cell.catalog;

import dev.reveille.cell.CellId;
import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.LifetimeTable;
import dev.reveille.cell.Lineage;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@link LifetimeTable} in Postgres. Safe from any thread. */
record PostgresLifetimes(CatalogPool pool) implements LifetimeTable {

  @Override
  public Route renameDatabase(DatabaseId database, String name) {
    return pool.transact(connection -> LifetimeRows.rename(connection, database, name));
  }

  @Override
  public Route setSettings(DatabaseId database, DatabaseSettings settings) {
    return pool.write(connection -> LifetimeRows.settings(connection, database, settings));
  }

  @Override
  public Route setExpiry(DatabaseId database, Optional<Instant> expiresAt) {
    return pool.write(connection -> LifetimeRows.expiry(connection, database, expiresAt));
  }

  @Override
  public List<DatabaseRecord> claimToWarn(Collection<CellId> cells, Instant before, Instant now,
      int limit) {
    return pool.write(
        connection -> LifetimeRows.claimToWarn(connection, cells, before, now, limit));
  }

  @Override
  public List<DatabaseRecord> expired(Collection<CellId> cells, Instant now, int limit) {
    return pool.read(connection -> LifetimeRows.expired(connection, cells, now, limit));
  }

  @Override
  public Optional<Route> markArchived(DatabaseId database, Instant now) {
    return pool.write(connection -> LifetimeRows.archive(connection, database, now));
  }

  @Override
  public Optional<Route> markUnarchived(DatabaseId database, Optional<Instant> expiresAt) {
    return pool.write(connection -> LifetimeRows.unarchive(connection, database, expiresAt));
  }

  @Override
  public List<DatabaseRecord> pastGrace(Collection<CellId> cells, Instant before, Instant now,
      int limit) {
    return pool.read(
        connection -> LifetimeRows.pastGrace(connection, cells, before, now, limit));
  }

  @Override
  public Optional<Route> dropPastGrace(DatabaseId database, Instant before, Instant now) {
    return pool.write(
        connection -> LifetimeRows.dropPastGrace(connection, database, before, now));
  }

  @Override
  public List<DatabaseRecord> orphans(Collection<CellId> cells, Instant before, Instant now,
      Instant beyond, int limit) {
    return pool.read(
        connection -> LifetimeRows.orphans(connection, cells, before, now, beyond, limit));
  }

  @Override
  public Optional<Route> endOrphan(DatabaseId database, Instant expiresAt, Instant now) {
    return pool.write(
        connection -> LifetimeRows.endOrphan(connection, database, expiresAt, now));
  }

  @Override
  public void revokeOnlyFor(DatabaseId database) {
    pool.<@Nullable Void>write(connection -> {
      LifetimeRows.revokeOnlyFor(connection, database);
      return null;
    });
  }

  @Override
  public void dropLost(DatabaseId database, StorageId storage) {
    pool.<@Nullable Void>write(connection -> {
      LifetimeRows.dropLost(connection, database, storage);
      return null;
    });
  }

  @Override
  public List<KnownStorage> knownStorages(CellId cell) {
    return pool.read(connection -> LifetimeRows.known(connection, cell));
  }

  @Override
  public void noteUse(Map<DatabaseId, Instant> used) {
    pool.<@Nullable Void>write(connection -> {
      LifetimeRows.noteUse(connection, used);
      return null;
    });
  }

  @Override
  public boolean intendStorage(DatabaseId database, StorageId next) {
    return pool.write(connection -> LifetimeRows.intend(connection, database, next));
  }

  @Override
  public Route swapStorage(DatabaseId database, StorageId next, Checkpoint before,
      Optional<Lineage> origin) {
    return pool.transact(
        connection -> LifetimeRows.swap(connection, database, next, before, origin));
  }

  @Override
  public void forgetIntent(DatabaseId database, StorageId next) {
    pool.<@Nullable Void>write(connection -> {
      LifetimeRows.forgetIntent(connection, database, next);
      return null;
    });
  }

  @Override
  public List<StorageIntent> storageIntents(CellId cell) {
    return pool.read(connection -> LifetimeRows.intents(connection, cell));
  }
}
