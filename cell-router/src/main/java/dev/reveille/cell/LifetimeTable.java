package dev.reveille.cell;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How databases change and end. As {@link Catalog}: every method blocks, for a short and bounded time.
 * What changes a database's state does so only from the state that it says, in one statement: of two
 * proxies that try, one gets the route and the other nothing.
 */
public interface LifetimeTable {

  /**
   * Gives a database another name; its checkpoints follow.
   *
   * @throws NameTakenException when the account has a database of that name
   * @throws CatalogException 3D000 when there is no such database
   */
  Route renameDatabase(DatabaseId database, String name);

  /** Changes what an owner may set. @throws CatalogException 3D000 when there is no such database */
  Route setSettings(DatabaseId database, DatabaseSettings settings);

  /**
   * Sets when a database expires, empty for never; it will be warned of again. Also of an archived one,
   * which stays archived. @throws CatalogException 3D000 when there is no such database
   */
  Route setExpiry(DatabaseId database, Optional<Instant> expiresAt);

  /** Databases in these cells that expire before {@code before}: each is handed out once per expiry. */
  List<DatabaseRecord> claimToWarn(Collection<CellId> cells, Instant before, Instant now,
      int limit);

  /** Ready databases in these cells whose time has come, oldest first. */
  List<DatabaseRecord> expired(Collection<CellId> cells, Instant now, int limit);

  /** READY → ARCHIVED, if it has expired by {@code now}. */
  Optional<Route> markArchived(DatabaseId database, Instant now);

  /** ARCHIVED → READY with its new expiry, so that nobody finds it ready and expired. */
  Optional<Route> markUnarchived(DatabaseId database, Optional<Instant> expiresAt);

  /** Archived databases in these cells that were archived before {@code before} and are expired still. */
  List<DatabaseRecord> pastGrace(Collection<CellId> cells, Instant before, Instant now, int limit);

  /** ARCHIVED → DROPPING, under the same conditions as {@link #pastGrace}. */
  Optional<Route> dropPastGrace(DatabaseId database, Instant before, Instant now);

  /**
   * Ready databases in these cells that nobody can or did connect to: no credential reaches them that
   * is good at {@code now}, and they were made and last used before {@code before}. Only those that
   * would live beyond {@code beyond}.
   */
  List<DatabaseRecord> orphans(Collection<CellId> cells, Instant before, Instant now,
      Instant beyond, int limit);

  /**
   * Gives an orphan its end, as one that its owner has been warned of already. Empty when it is being
   * warned of, by whomever, or is no longer ready.
   */
  Optional<Route> endOrphan(DatabaseId database, Instant expiresAt, Instant now);

  /** Revokes the credentials that reach this database and no other. */
  void revokeOnlyFor(DatabaseId database);

  /** When each of these databases was last connected to; what is known to be later stays. */
  void noteUse(Map<DatabaseId, Instant> used);

  /**
   * Notes that a restore is making {@code next} for a database. False when another restore of it is
   * under way.
   */
  boolean intendStorage(DatabaseId database, StorageId next);

  /**
   * Gives a database the storage that was intended for it, and keeps what it had as a checkpoint.
   *
   * @param before the checkpoint of the old storage; ready at once
   * @param origin what the database is a branch of from now on, where that storage came from another
   *     one; empty where it is what it was
   * @throws CatalogException 3D000 when that is not what was intended
   */
  Route swapStorage(DatabaseId database, StorageId next, Checkpoint before,
      Optional<Lineage> origin);

  /** The intended storage will not come, and is deleted. */
  void forgetIntent(DatabaseId database, StorageId next);

  /** Intended storages of a cell: the unfinished work to take up at a start. */
  List<StorageIntent> storageIntents(CellId cell);

  /** A storage that a restore was making. */
  record StorageIntent(DatabaseId database, StorageId next) {}

  /** Removes the record of a database in whatever state, if this is its storage, which is lost. */
  void dropLost(DatabaseId database, StorageId storage);

  /** Every storage of a cell that the catalog knows of, to compare with what there is. */
  List<KnownStorage> knownStorages(CellId cell);

  /**
   * A storage that something has, or that is being made for it.
   *
   * @param database whose it is, or was
   * @param name the database's, or {@code database@checkpoint}
   * @param checkpoint empty for a database's own
   * @param settled whether it must be there: neither being made nor being deleted
   */
  record KnownStorage(StorageId storage, DatabaseId database, String name,
      Optional<CheckpointId> checkpoint, boolean settled) {}
}
