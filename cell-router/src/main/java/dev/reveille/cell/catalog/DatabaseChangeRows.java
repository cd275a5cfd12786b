package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CatalogReader.Cursor;
import dev.reveille.cell.DatabaseChanges;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.cell.DatabaseState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The stream of changes together with the rows that it speaks of, in one statement and so as of one
 * moment: of two databases that exchange their names nobody sees both with one.
 */
final class DatabaseChangeRows {
  private DatabaseChangeRows() {
  }

  static DatabaseChanges since(Connection connection, AccountId account, Optional<Cursor> cursor)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement("""
        with now as (select pg_snapshot_xmin(pg_current_snapshot()) as oldest),
          fresh as materialized (
            select case when subject in ('database', 'database_dropped') then id::uuid end as id
            from reveille.changes where transaction >= ?::text::xid8 limit ?),
          own as (select distinct f.id as touched from fresh f where f.id is not null
            and not exists (
              select from reveille.databases o where o.id = f.id and o.account_id <> ?))
        select now.oldest::text::bigint as oldest, (select count(*) from fresh) as many,
          own.touched,""" + " " + DatabaseRows.COLUMNS + " from now left join own on true"
        + " left join reveille.databases d on d.id = own.touched")) {
      select.setString(1, Long.toString(
          cursor.map(Cursor::oldestUnfinished).orElse(Long.MAX_VALUE)));
      select.setInt(2, ChangeRows.MOST + 1);
      select.setObject(3, account.value());
      try (ResultSet row = select.executeQuery()) {
        Set<DatabaseId> touched = new HashSet<>();
        List<DatabaseRecord> records = new ArrayList<>();
        long oldest = 0;
        boolean complete = true;
        while (row.next()) {
          oldest = row.getLong("oldest");
          complete = row.getLong("many") <= ChangeRows.MOST;
          UUID id = row.getObject("touched", UUID.class);
          if (id != null) {
            touched.add(new DatabaseId(id));
          }
          if (row.getObject("id") != null) {
            records.add(DatabaseRows.read(row));
          }
        }
        records.removeIf(one -> one.state() != DatabaseState.READY
            && one.state() != DatabaseState.ARCHIVED);
        Cursor next = new Cursor(oldest);
        boolean setBack = cursor.isPresent() && oldest < cursor.get().oldestUnfinished();
        return setBack || !complete
            ? new DatabaseChanges(Set.of(), List.of(), next, false)
            : new DatabaseChanges(touched, records, next, true);
      }
    }
  }

  static Map<DatabaseId, Instant> usedSince(Connection connection, AccountId account,
      Instant moment) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement("""
        with recent as materialized (select database_id, used_at from reveille.database_use
          where used_at > ?::timestamptz)
        select r.database_id, r.used_at from recent r
        where (select account_id from reveille.databases where id = r.database_id) = ?""")) {
      DatabaseRows.bind(select, CredentialRows.at(moment), account.value());
      Map<DatabaseId, Instant> used = new HashMap<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          used.put(new DatabaseId(row.getObject(1, UUID.class)),
              row.getObject(2, OffsetDateTime.class).toInstant());
        }
      }
      return used;
    }
  }
}
