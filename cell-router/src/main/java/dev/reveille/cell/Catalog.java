package dev.reveille.cell;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The record of accounts, credentials, databases and cells, and the audit. Every method blocks, for a short
 * and bounded time: call them on virtual threads, never on an event loop. All throw {@link
 * CatalogUnavailableException} when the catalog is gone, and {@link CatalogUnsupportedException} when
 * it cannot be one; a write that threw the former may have happened all the same.
 */
public interface Catalog extends CatalogReader, AuditTable, AutoCloseable {

  /** The account that exists from the first start on. */
  AccountId defaultAccount();

  /** The account with this name. */
  Optional<AccountId> account(String name);

  /** Records an account. @throws NameTakenException when there is one of that name */
  AccountId createAccount(String name);

  /**
   * The 32 secret bytes that all proxies of this catalog share. They never change, as the salt of every login follows
   * from them.
   */
  byte[] sharedKey();

  /**
   * Records a database as CREATING: it holds its name but has no route yet.
   *
   * @throws NameTakenException when a database of the account, ready or being made, has that name
   */
  Route createDatabase(NewDatabase database);

  /**
   * Makes a database that is CREATING routable. Without effect on one that is READY.
   *
   * @throws CatalogException 3D000 when it has been dropped meanwhile
   */
  void markReady(DatabaseId database);

  /** The account's databases in any state, by name. */
  List<DatabaseRecord> databases(AccountId account);

  /** Of those that are ready or archived, by name, the first so many behind a name; "" is before all. */
  List<DatabaseRecord> databases(AccountId account, String behind, int most);

  /**
   * What has become of the account's databases since {@code cursor} was handed out, as of one moment;
   * with the promise of {@link #changesSince}. Without a cursor: nothing, and a cursor for now.
   */
  DatabaseChanges databasesSince(AccountId account, Optional<Cursor> cursor);

  /** When the account's databases were last used, of those for which that was after a moment. */
  Map<DatabaseId, Instant> usedSince(AccountId account, Instant moment);

  /** Databases of every account that are CREATING: the unfinished work to take up at a start. */
  List<DatabaseRecord> databasesBeingCreated();

  /** Databases of every account that are DROPPING: their storage is still to be removed. */
  List<DatabaseRecord> databasesBeingDropped();

  /**
   * Takes a database's name and route away; what it had is returned, empty when there was no such
   * database. Call {@link #forgetDatabase} when its storage is gone.
   */
  Optional<Route> dropDatabase(AccountId account, String name);

  /** Removes the record of a database that is CREATING or DROPPING; never of a READY one. */
  void forgetDatabase(DatabaseId database);

  /**
   * Records a credential; its {@code version} is given by the catalog.
   *
   * @throws NameTakenException when any credential has that name
   * @throws CatalogException 42501 when its scope is not within its parent's, 28000 when the parent
   *     is revoked, 3D000 when it names a database that does not exist
   */
  void createCredential(Credential credential);

  /**
   * Revokes a credential for good, and every one that was narrowed from it. Without effect on an
   * unknown or revoked one.
   */
  void revokeCredential(CredentialId credential);

  /**
   * Puts a verifier before those that a credential has, of which the newest stays if {@code keepNewest}
   * and none otherwise. In one step: of two rotations at the same time neither undoes the other.
   *
   * @throws CatalogException 28000 when it is revoked or unknown
   */
  void rotateCredential(CredentialId credential, String verifier, boolean keepNewest);

  /**
   * Narrows a credential in place. What was narrowed from it keeps what both allow.
   *
   * @throws CatalogException 42501 when {@code scope} allows more than the credential has, 28000 when
   *     it is revoked or unknown
   */
  void narrowCredential(CredentialId credential, Scope scope);

  /** How databases change and end. */
  LifetimeTable lifetimes();

  /** The checkpoints of all databases. */
  CheckpointTable checkpoints();

  /** What accounts may use, have used, and store. */
  AccountUsageTable accountUsage();

  /** The keys of the HTTP API, and answers kept for repeated calls. */
  ApiKeyTable apiKeys();

  /** The account's credentials, by name, expired and revoked ones included. */
  List<Credential> credentials(AccountId account);

  /** All cells, by id. */
  List<Cell> cells();

  /** All cells with the number of databases that live in each, by id. */
  List<CellLoad> cellLoads();

  /** The same of these cells, for {@link Placement}: costs nothing for all the others. */
  List<CellLoad> cellLoads(Set<CellId> cells);

  /** Records a cell; of one that is known already, provider and capacity are updated, not the state. */
  void registerCell(Cell cell);

  /** Sets a cell's state; throws {@link IllegalArgumentException} when there is no such cell. */
  void setCellState(CellId cell, CellState state);

  /** Asks the catalog; false within a bounded time when it does not answer. Never throws. */
  boolean reachable();

  /** Closes all connections. */
  @Override
  void close();
}
