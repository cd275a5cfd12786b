package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.AuditEntry;
import dev.reveille.cell.AuditTable.Event;
import dev.reveille.cell.DatabaseId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The table of the audit. Stateless; each method is one statement. */
final class AuditRows {
  private static final String COLUMNS = "at, number, kind, account_id, database_id, database,"
      + " credential, session, instance, details";

  private AuditRows() {
  }

  /** All in one statement, one array for each column. */
  static void insert(Connection connection, List<AuditEntry> entries) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(
        "insert into reveille.audit (" + COLUMNS + ") select * from unnest("
            + "?::timestamptz[], ?::bigint[], ?::text[], ?::uuid[], ?::uuid[], ?::text[],"
            + " ?::text[], ?::bigint[], ?::text[], ?::jsonb[]) on conflict do nothing")) {
      bind(insert, 1, entries, entry -> entry.at().toString());
      bind(insert, 2, entries, entry -> text(entry.number()));
      bind(insert, 3, entries, AuditEntry::kind);
      bind(insert, 4, entries, entry -> text(entry.account()));
      bind(insert, 5, entries, entry -> text(entry.databaseId()));
      bind(insert, 6, entries, entry -> text(entry.database()));
      bind(insert, 7, entries, entry -> text(entry.credential()));
      bind(insert, 8, entries, entry -> text(entry.session()));
      bind(insert, 9, entries, AuditEntry::instance);
      bind(insert, 10, entries, entry -> JsonColumns.details(entry.details()));
      insert.executeUpdate();
    }
  }

  private static void bind(PreparedStatement statement, int column, List<AuditEntry> entries,
      Function<AuditEntry, @Nullable String> value) throws SQLException {
    @Nullable
    String[] values = new @Nullable String[entries.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.apply(entries.get(i));
    }
    statement.setArray(column, statement.getConnection().createArrayOf("text", values));
  }

  private static @Nullable String text(Optional<?> value) {
    return value.map(Object::toString).orElse(null);
  }

  private static @Nullable String text(OptionalLong value) {
    return value.isPresent() ? Long.toString(value.getAsLong()) : null;
  }

  static List<AuditEntry> newest(Connection connection, Optional<String> credential, Instant since,
      int limit) throws SQLException {
    String condition = credential.isPresent() ? " and credential = ?" : "";
    try (PreparedStatement select = connection.prepareStatement("select " + COLUMNS
        + " from reveille.audit where at >= ?" + condition
        + " order by at desc, id desc limit ?")) {
      int column = 1;
      select.setObject(column++, since.atOffset(ZoneOffset.UTC));
      if (credential.isPresent()) {
        select.setString(column++, credential.get());
      }
      select.setInt(column, limit);
      return read(select);
    }
  }

  static List<Event> events(Connection connection, AccountId account, OptionalLong before,
      int limit) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement("select id, " + COLUMNS
        + " from reveille.audit where account_id = ? and id < ? order by id desc limit ?")) {
      select.setObject(1, account.value());
      select.setLong(2, before.orElse(Long.MAX_VALUE));
      select.setInt(3, limit);
      List<Event> events = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          events.add(new Event(row.getLong("id"), entry(row)));
        }
      }
      return events;
    }
  }

  /** The unique index on expiries lets one proxy of several that look at once record it. */
  static List<AuditEntry> insertExpired(Connection connection, Instant since, Instant now,
      String instance, int limit) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(
        "insert into reveille.audit (at, kind, account_id, credential, instance, details)"
            + " select ?, 'credential_expired', c.account_id, c.name, ?,"
            + " jsonb_build_object('expired_at', to_char(c.expires_at at time zone 'UTC',"
            + " 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'))"
            + " from reveille.credentials c"
            + " where c.revoked_at is null and c.expires_at > ? and c.expires_at <= ?"
            + " and not exists (select 1 from reveille.audit a"
            + " where a.credential = c.name and a.kind = 'credential_expired')"
            + " order by c.expires_at limit ? on conflict do nothing returning " + COLUMNS)) {
      insert.setObject(1, now.atOffset(ZoneOffset.UTC));
      insert.setString(2, instance);
      insert.setObject(3, since.atOffset(ZoneOffset.UTC));
      insert.setObject(4, now.atOffset(ZoneOffset.UTC));
      insert.setInt(5, limit);
      return read(insert);
    }
  }

  static int deleteOldest(Connection connection, Instant before, int limit) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(
        "delete from reveille.audit where id in"
            + " (select id from reveille.audit where at < ? order by at limit ?)")) {
      delete.setObject(1, before.atOffset(ZoneOffset.UTC));
      delete.setInt(2, limit);
      return delete.executeUpdate();
    }
  }

  private static List<AuditEntry> read(PreparedStatement statement) throws SQLException {
    List<AuditEntry> entries = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        entries.add(entry(row));
      }
    }
    return entries;
  }

  private static AuditEntry entry(ResultSet row) throws SQLException {
    return new AuditEntry(row.getObject("at", OffsetDateTime.class).toInstant(),
        number(row, "number"), row.getString("kind"),
        Optional.ofNullable(row.getObject("account_id", UUID.class)).map(AccountId::new),
        Optional.ofNullable(row.getObject("database_id", UUID.class)).map(DatabaseId::new),
        Optional.ofNullable(row.getString("database")),
        Optional.ofNullable(row.getString("credential")), number(row, "session"),
        row.getString("instance"), JsonColumns.details(row.getString("details")));
  }

  private static OptionalLong number(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
  }
}
