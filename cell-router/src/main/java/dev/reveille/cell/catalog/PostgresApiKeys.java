package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.ApiKey;
import dev.reveille.cell.ApiKeyId;
import dev.reveille.cell.ApiKeyTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@link ApiKeyTable} in Postgres. Safe from any thread. */
record PostgresApiKeys(CatalogPool pool) implements ApiKeyTable {

  @Override
  public void create(ApiKey key) {
    write(connection -> ApiKeyRows.insert(connection, key));
  }

  @Override
  public Optional<ApiKey> find(String hash) {
    return pool.read(connection -> ApiKeyRows.hashed(connection, hash));
  }

  @Override
  public List<ApiKey> of(AccountId account) {
    return pool.read(connection -> ApiKeyRows.of(connection, account));
  }

  @Override
  public Optional<ApiKey> revoke(AccountId account, String name) {
    return pool.write(connection -> ApiKeyRows.revoke(connection, account, name));
  }

  @Override
  public void noteUse(ApiKeyId key, Instant now) {
    write(connection -> ApiKeyRows.noteUse(connection, key, now));
  }

  @Override
  public Optional<KeptAnswer> claimAnswer(ApiKeyId key, String idempotencyKey, String request,
      Duration kept, Duration abandoned) {
    return pool.transact(connection -> ApiKeyRows.claim(connection, key, idempotencyKey, request,
        kept, abandoned));
  }

  @Override
  public void keepAnswer(ApiKeyId key, String idempotencyKey, byte[] answer) {
    write(connection -> ApiKeyRows.keep(connection, key, idempotencyKey, answer));
  }

  @Override
  public void releaseAnswer(ApiKeyId key, String idempotencyKey) {
    write(connection -> ApiKeyRows.release(connection, key, idempotencyKey));
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
