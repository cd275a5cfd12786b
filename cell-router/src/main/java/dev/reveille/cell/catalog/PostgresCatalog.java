package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.AccountUsageTable;
import dev.reveille.cell.ApiKeyTable;
import dev.reveille.cell.AuditEntry;
import dev.reveille.cell.Catalog;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.Cell;
import dev.reveille.cell.CellId;
import dev.reveille.cell.CellLoad;
import dev.reveille.cell.CellState;
import dev.reveille.cell.CheckpointTable;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.CredentialUsage;
import dev.reveille.cell.DatabaseChanges;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.cell.DatabaseState;
import dev.reveille.cell.LifetimeTable;
import dev.reveille.cell.NewDatabase;
import dev.reveille.cell.ProxyLife;
import dev.reveille.cell.Route;
import dev.reveille.cell.Scope;
import dev.reveille.cell.UsageExchange;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The catalog in a Postgres 16 or newer, in the schema {@code reveille}. Making one opens nothing: the
 * server is looked at, and the schema made or brought up to date, before the first statement, so a
 * proxy can start while its catalog is gone. Safe from any thread; holds at most the configured number
 * of connections, and one more for each subscription.
 */
public final class PostgresCatalog implements Catalog, UsageExchange {
  private final CatalogSettings settings;
  private final CatalogSource source;
  private final CatalogPool pool;

  public PostgresCatalog(CatalogSettings settings) {
    this(settings, CatalogSchema.OLDEST_POSTGRES);
  }

  PostgresCatalog(CatalogSettings settings, int oldestPostgres) {
    this.settings = settings;
    this.source = new CatalogSource(settings);
    this.pool = new CatalogPool(settings, source, oldestPostgres);
  }

  /**
   * Looks at the server and brings the schema up to date now rather than at the first statement.
   *
   * @throws dev.reveille.cell.CatalogUnavailableException when it does not answer in time
   * @throws dev.reveille.cell.CatalogUnsupportedException when it is too old
   */
  public void prepare() {
    write(connection -> {
    });
  }

  /** Where the catalog is, as {@code host:port/database}; without the login. */
  public String place() {
    return source.place();
  }

  /** Pooled connections in use at this moment. */
  int lentConnections() {
    return pool.lent();
  }

  @Override
  public AccountId defaultAccount() {
    return account("default").orElseThrow(() -> new CatalogException("XX000",
        "the catalog has lost its account 'default'", null));
  }

  @Override
  public Optional<AccountId> account(String name) {
    return pool.read(connection -> AccountRows.named(connection, name));
  }

  @Override
  public AccountId createAccount(String name) {
    return pool.write(connection -> AccountRows.insert(connection, name));
  }

  @Override
  public LifetimeTable lifetimes() {
    return new PostgresLifetimes(pool);
  }

  @Override
  public AccountUsageTable accountUsage() {
    return new PostgresAccountUsage(pool);
  }

  @Override
  public CheckpointTable checkpoints() {
    return new PostgresCheckpoints(pool);
  }

  @Override
  public ApiKeyTable apiKeys() {
    return new PostgresApiKeys(pool);
  }

  @Override
  public byte[] sharedKey() {
    return pool.read(connection -> {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("select key from reveille.shared_key")) {
        if (!row.next()) {
          throw new CatalogException("XX000", "the catalog has lost its shared key", null);
        }
        return row.getBytes(1);
      }
    });
  }

  @Override
  public Route createDatabase(NewDatabase database) {
    return pool.write(connection -> DatabaseRows.insert(connection, database));
  }

  @Override
  public void markReady(DatabaseId database) {
    write(connection -> DatabaseRows.markReady(connection, database));
  }

  @Override
  public List<DatabaseRecord> databases(AccountId account) {
    return pool.read(connection -> DatabaseRows.of(connection, account));
  }

  @Override
  public List<DatabaseRecord> databases(AccountId account, String behind, int most) {
    return pool.read(connection -> DatabaseRows.behind(connection, account, behind, most));
  }

  @Override
  public DatabaseChanges databasesSince(AccountId account, Optional<Cursor> cursor) {
    return pool.read(connection -> DatabaseChangeRows.since(connection, account, cursor));
  }

  @Override
  public Map<DatabaseId, Instant> usedSince(AccountId account, Instant moment) {
    return pool.read(connection -> DatabaseChangeRows.usedSince(connection, account, moment));
  }

  @Override
  public List<DatabaseRecord> databasesBeingCreated() {
    return pool.read(connection -> DatabaseRows.in(connection, DatabaseState.CREATING));
  }

  @Override
  public List<DatabaseRecord> databasesBeingDropped() {
    return pool.read(connection -> DatabaseRows.in(connection, DatabaseState.DROPPING));
  }

  @Override
  public Optional<Route> dropDatabase(AccountId account, String name) {
    return pool.write(connection -> DatabaseRows.markDropping(connection, account, name));
  }

  @Override
  public void forgetDatabase(DatabaseId database) {
    write(connection -> DatabaseRows.delete(connection, database));
  }

  @Override
  public void createCredential(Credential credential) {
    transact(connection -> CredentialTree.insert(connection, credential));
  }

  @Override
  public void revokeCredential(CredentialId credential) {
    transact(connection -> CredentialTree.revoke(connection, credential));
  }

  @Override
  public void rotateCredential(CredentialId credential, String verifier, boolean keepNewest) {
    if (!pool.write(
        connection -> CredentialRows.rotate(connection, credential, verifier, keepNewest))) {
      throw new CatalogException("28000", "the credential is revoked or does not exist", null);
    }
  }

  @Override
  public void narrowCredential(CredentialId credential, Scope scope) {
    transact(connection -> CredentialTree.narrow(connection, credential, scope));
  }

  @Override
  public List<Credential> credentials(AccountId account) {
    return pool.read(connection -> CredentialRows.of(connection, account));
  }

  @Override
  public Optional<Credential> credential(String name) {
    return pool.read(connection -> CredentialRows.named(connection, name));
  }

  @Override
  public Optional<Route> route(AccountId account, String name) {
    return pool.read(connection -> DatabaseRows.routable(connection, account, name));
  }

  @Override
  public List<Cell> cells() {
    return pool.read(CellRows::all);
  }

  @Override
  public List<CellLoad> cellLoads() {
    return pool.read(CellRows::loads);
  }

  @Override
  public List<CellLoad> cellLoads(Set<CellId> cells) {
    return pool.read(connection -> CellRows.loads(connection, cells));
  }

  @Override
  public void registerCell(Cell cell) {
    write(connection -> CellRows.register(connection, cell));
  }

  @Override
  public void setCellState(CellId cell, CellState state) {
    if (!pool.write(connection -> CellRows.setState(connection, cell, state))) {
      throw new IllegalArgumentException("there is no cell '" + cell + "'");
    }
  }

  @Override
  public void record(List<AuditEntry> entries) {
    write(connection -> AuditRows.insert(connection, entries));
  }

  @Override
  public List<AuditEntry> entries(Optional<String> credential, Instant since, int limit) {
    return pool.read(connection -> AuditRows.newest(connection, credential, since, limit));
  }

  @Override
  public List<Event> events(AccountId account, OptionalLong before, int limit) {
    return pool.read(connection -> AuditRows.events(connection, account, before, limit));
  }

  @Override
  public List<AuditEntry> recordExpired(Instant since, Instant now, String instance, int limit) {
    return pool.write(
        connection -> AuditRows.insertExpired(connection, since, now, instance, limit));
  }

  @Override
  public int forgetEntries(Instant before, int limit) {
    return pool.write(connection -> AuditRows.deleteOldest(connection, before, limit));
  }

  @Override
  public Optional<CellId> introduce(ProxyLife proxy) {
    return pool.transact(connection -> UsageRows.introduce(connection, proxy));
  }

  @Override
  public Said exchange(ProxyLife proxy, List<CredentialUsage> told,
      Collection<CredentialId> asked, Collection<CredentialId> own) {
    return pool.read(connection -> UsageRows.exchange(connection, proxy, told, asked, own));
  }

  @Override
  public void forgetUsage() {
    write(UsageRows::forget);
  }

  @Override
  public void leave(ProxyLife proxy) {
    write(connection -> UsageRows.leave(connection, proxy));
  }

  @Override
  public Changes changesSince(Optional<Cursor> cursor) {
    return pool.read(connection -> ChangeRows.since(connection, cursor));
  }

  @Override
  public void forgetChanges(Duration age) {
    write(connection -> ChangeRows.forget(connection, age));
  }

  @Override
  public CellContents contents(CellId cell) {
    return pool.snapshot(connection -> new CellContents(
        DatabaseRows.routableIn(connection, cell), CredentialRows.reaching(connection, cell)));
  }

  @Override
  public Subscription subscribe(Subscriber subscriber) {
    return new ChangeSubscription(
        source, settings.queryTimeout(), subscriber, RandomGenerator.getDefault()).start();
  }

  @Override
  public boolean reachable() {
    try {
      return pool.read(connection -> connection.isValid(1));
    } catch (CatalogException e) {
      return false;
    }
  }

  @Override
  public void close() {
    pool.close();
  }

  /** Work without a result. */
  @FunctionalInterface
  private interface Change {
    void on(Connection connection) throws SQLException;
  }

  private void transact(Change change) {
    pool.<@Nullable Void>transact(connection -> {
      change.on(connection);
      return null;
    });
  }

  private void write(Change change) {
    pool.<@Nullable Void>write(connection -> {
      change.on(connection);
      return null;
    });
  }
}
