package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.ApiKey;
import dev.reveille.cell.ApiKeyId;
import dev.reveille.cell.ApiKeyTable.KeptAnswer;
import dev.reveille.cell.ApiScope;
import dev.reveille.cell.NameTakenException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The tables of API keys and of their answers. Stateless; each method is one statement or two. */
final class ApiKeyRows {
  private static final String COLUMNS = "id, account_id, name, hash, scopes, created_at,"
      + " expires_at, revoked_at, last_used_at";
  private static final HexFormat HEX = HexFormat.of();

  private ApiKeyRows() {
  }

  static void insert(Connection connection, ApiKey key) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement("""
        insert into reveille.api_keys (id, account_id, name, hash, scopes, created_at, expires_at)
        values (?, ?, ?, ?, ?, ?, ?)""")) {
      insert.setObject(1, key.id().value());
      insert.setObject(2, key.account().value());
      insert.setString(3, key.name());
      insert.setBytes(4, HEX.parseHex(key.hash()));
      insert.setArray(5, connection.createArrayOf("text",
          key.scopes().stream().sorted().map(ApiScope::word).toArray()));
      insert.setObject(6, at(key.createdAt()));
      insert.setObject(7, at(key.expiresAt()));
      insert.executeUpdate();
    } catch (SQLException e) {
      if (SqlFailures.violates(e, "api_keys_name")) {
        throw NameTakenException.apiKey(key.name());
      }
      throw e;
    }
  }

  static Optional<ApiKey> hashed(Connection connection, String hash) throws SQLException {
    try (PreparedStatement select = connection
        .prepareStatement("select " + COLUMNS + " from reveille.api_keys where hash = ?")) {
      select.setBytes(1, HEX.parseHex(hash));
      return read(select).stream().findFirst();
    }
  }

  static List<ApiKey> of(Connection connection, AccountId account) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(
        "select " + COLUMNS + " from reveille.api_keys where account_id = ? order by name")) {
      select.setObject(1, account.value());
      return read(select);
    }
  }

  static Optional<ApiKey> revoke(Connection connection, AccountId account, String name)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(
        "update reveille.api_keys set revoked_at = coalesce(revoked_at, now())"
            + " where account_id = ? and name = ? returning " + COLUMNS)) {
      update.setObject(1, account.value());
      update.setString(2, name);
      return read(update).stream().findFirst();
    }
  }

  static void noteUse(Connection connection, ApiKeyId key, Instant now) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement("""
        update reveille.api_keys set last_used_at = ?
        where id = ? and (last_used_at is null or last_used_at < ?)""")) {
      update.setObject(1, at(now));
      update.setObject(2, key.value());
      update.setObject(3, at(now));
      update.executeUpdate();
    }
  }

  /** In a transaction: the insert waits for whoever claims the same at the same time. */
  static Optional<KeptAnswer> claim(Connection connection, ApiKeyId key, String idempotencyKey,
      String request, Duration kept, Duration abandoned) throws SQLException {
    try (PreparedStatement forget = connection.prepareStatement("""
        delete from reveille.api_answers a using (
          select key_id, idempotency_key from reveille.api_answers
          where begun_at < now() - ? * interval '1 millisecond'
            or answer is null and begun_at < now() - ? * interval '1 millisecond'
          order by begun_at limit 100 for update skip locked) old
        where a.key_id = old.key_id and a.idempotency_key = old.idempotency_key""")) {
      forget.setLong(1, kept.toMillis());
      forget.setLong(2, abandoned.toMillis());
      forget.executeUpdate();
    }
    try (PreparedStatement insert = connection.prepareStatement("""
        insert into reveille.api_answers (key_id, idempotency_key, request) values (?, ?, ?)
        on conflict do nothing""")) {
      insert.setObject(1, key.value());
      insert.setString(2, idempotencyKey);
      insert.setBytes(3, HEX.parseHex(request));
      if (insert.executeUpdate() == 1) {
        return Optional.empty();
      }
    }
    try (PreparedStatement select = connection.prepareStatement("""
        select request, answer from reveille.api_answers
        where key_id = ? and idempotency_key = ?""")) {
      select.setObject(1, key.value());
      select.setString(2, idempotencyKey);
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? Optional
                .of(new KeptAnswer(HEX.formatHex(row.getBytes(1)),
                    Optional.ofNullable(row.getBytes(2))))
            // Given up between the two statements: whoever asks again is first.
            : Optional.of(new KeptAnswer(request, Optional.empty()));
      }
    }
  }

  static void keep(Connection connection, ApiKeyId key, String idempotencyKey, byte[] answer)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement("""
        update reveille.api_answers set answer = ? where key_id = ? and idempotency_key = ?""")) {
      update.setBytes(1, answer);
      update.setObject(2, key.value());
      update.setString(3, idempotencyKey);
      update.executeUpdate();
    }
  }

  static void release(Connection connection, ApiKeyId key, String idempotencyKey)
      throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement("""
        delete from reveille.api_answers
        where key_id = ? and idempotency_key = ? and answer is null""")) {
      delete.setObject(1, key.value());
      delete.setString(2, idempotencyKey);
      delete.executeUpdate();
    }
  }

  private static List<ApiKey> read(PreparedStatement statement) throws SQLException {
    List<ApiKey> keys = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        keys.add(new ApiKey(new ApiKeyId(row.getObject("id", UUID.class)),
            new AccountId(row.getObject("account_id", UUID.class)), row.getString("name"),
            HEX.formatHex(row.getBytes("hash")),
            scopes((String[]) row.getArray("scopes").getArray()),
            row.getObject("created_at", OffsetDateTime.class).toInstant(),
            row.getObject("expires_at", OffsetDateTime.class).toInstant(),
            instant(row, "revoked_at"), instant(row, "last_used_at")));
      }
    }
    return keys;
  }

  /** What a newer proxy has given and this one does not know, it does not allow. */
  private static Set<ApiScope> scopes(String[] words) {
    Set<ApiScope> scopes = EnumSet.noneOf(ApiScope.class);
    for (String word : words) {
      ApiScope.ofWord(word).ifPresent(scopes::add);
    }
    return scopes;
  }

  private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }

  private static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
