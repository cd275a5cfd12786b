package dev.reveille.cell.catalog;

import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.CheckpointId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.LifetimeTable.KnownStorage;
import dev.reveille.cell.LifetimeTable.StorageIntent;
import dev.reveille.cell.Lineage;
import dev.reveille.cell.NameTakenException;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How rows of databases change and end. Stateless; each method is one statement unless it says more. */
final class LifetimeRows {
  private static final String RETURNING = " returning " + DatabaseRows.COLUMNS;
  private static final String EXPIRED_STILL = "archived_at < ? and expires_at <= ?";

  private LifetimeRows() {
  }

  static Route rename(Connection connection, DatabaseId database, String name)
      throws SQLException {
    try {
      Route route = changed(DatabaseRows.records(connection,
          "update reveille.databases set name = ? where id = ? and state in ('ready', 'archived')"
              + RETURNING,
          name, database.value()));
      update(connection, "update reveille.checkpoints set database_name = ? where database_id = ?",
          name, database.value());
      return route;
    } catch (SQLException e) {
      if (SqlFailures.violates(e, "databases_name")) {
        throw NameTakenException.database(name);
      }
      throw e;
    }
  }

  static Route settings(Connection connection, DatabaseId database, DatabaseSettings settings)
      throws SQLException {
    return changed(DatabaseRows.records(connection, "update reveille.databases"
        + " set settings = settings || ?::jsonb where id = ? and state <> 'dropping'" + RETURNING,
        JsonColumns.settings(settings).toString(), database.value()));
  }

  static Route expiry(Connection connection, DatabaseId database, Optional<Instant> expiresAt)
      throws SQLException {
    return changed(DatabaseRows.records(connection, "update reveille.databases"
        + " set expires_at = ?::timestamptz, warned_at = null where id = ? and state <> 'dropping'"
        + RETURNING, at(expiresAt), database.value()));
  }

  static List<DatabaseRecord> claimToWarn(Connection connection, Collection<CellId> cells,
      Instant before, Instant now, int limit) throws SQLException {
    return DatabaseRows.records(connection, "update reveille.databases set warned_at = ?"
        + " where id in (select id from reveille.databases where cell_id = any (?)"
        + " and state = 'ready' and warned_at is null and expires_at < ? order by expires_at"
        + " limit ? for update skip locked)" + RETURNING, at(now), array(connection, cells),
        at(before), limit);
  }

  static List<DatabaseRecord> expired(Connection connection, Collection<CellId> cells, Instant now,
      int limit) throws SQLException {
    return DatabaseRows.records(connection, DatabaseRows.SELECT + "where cell_id = any (?)"
        + " and state = 'ready' and expires_at <= ? order by expires_at limit ?",
        array(connection, cells), at(now), limit);
  }

  static Optional<Route> archive(Connection connection, DatabaseId database, Instant now)
      throws SQLException {
    return first(DatabaseRows.records(connection,
        "update reveille.databases set state = 'archived', archived_at = ? where id = ?"
            + " and state = 'ready' and expires_at <= ?" + RETURNING,
        at(now), database.value(), at(now)));
  }

  static Optional<Route> unarchive(Connection connection, DatabaseId database,
      Optional<Instant> expiresAt) throws SQLException {
    return first(DatabaseRows.records(connection, "update reveille.databases"
        + " set state = 'ready', archived_at = null, expires_at = ?::timestamptz,"
        + " warned_at = null where id = ? and state = 'archived'" + RETURNING,
        at(expiresAt), database.value()));
  }

  static List<DatabaseRecord> pastGrace(Connection connection, Collection<CellId> cells,
      Instant before, Instant now, int limit) throws SQLException {
    return DatabaseRows.records(connection,
        DatabaseRows.SELECT + "where cell_id = any (?) and state = 'archived' and " + EXPIRED_STILL
            + " order by archived_at limit ?",
        array(connection, cells), at(before), at(now), limit);
  }

  static Optional<Route> dropPastGrace(Connection connection, DatabaseId database, Instant before,
      Instant now) throws SQLException {
    return first(DatabaseRows.records(connection, "update reveille.databases set state = 'dropping'"
        + " where id = ? and state = 'archived' and " + EXPIRED_STILL + RETURNING,
        database.value(), at(before), at(now)));
  }

  static List<DatabaseRecord> orphans(Connection connection, Collection<CellId> cells,
      Instant before, Instant now, Instant beyond, int limit) throws SQLException {
    return DatabaseRows.records(connection, DatabaseRows.SELECT + """
        where cell_id = any (?) and state = 'ready' and created_at < ?
          and (expires_at is null or expires_at > ?)
          and not exists (select from reveille.database_use u
            where u.database_id = d.id and u.used_at >= ?)
          and not exists (select from reveille.credentials c
            where c.account_id = d.account_id and c.revoked_at is null and c.expires_at > ?
              and (c.all_databases or exists (select from reveille.credential_databases s
                where s.credential_id = c.id and s.database_id = d.id)))
        order by created_at limit ?""", array(connection, cells), at(before), at(beyond),
        at(before), at(now), limit);
  }

  static Optional<Route> endOrphan(Connection connection, DatabaseId database, Instant expiresAt,
      Instant now) throws SQLException {
    return first(DatabaseRows.records(connection, "update reveille.databases"
        + " set expires_at = ?, warned_at = ? where id = ? and state = 'ready'"
        + " and warned_at is null" + RETURNING, at(expiresAt), at(now), database.value()));
  }

  static void revokeOnlyFor(Connection connection, DatabaseId database) throws SQLException {
    update(connection, """
        update reveille.credentials c set revoked_at = now()
        where c.revoked_at is null and not c.all_databases
          and c.id in (select credential_id from reveille.credential_databases
            where database_id = ?)
          and not exists (select from reveille.credential_databases o
            where o.credential_id = c.id and o.database_id <> ?)""",
        database.value(), database.value());
  }

  static void noteUse(Connection connection, Map<DatabaseId, Instant> used) throws SQLException {
    List<UUID> databases = new ArrayList<>();
    List<String> times = new ArrayList<>();
    used.forEach((database, time) -> {
      databases.add(database.value());
      times.add(time.toString());
    });
    update(connection, """
        insert into reveille.database_use (database_id, used_at)
        select d.id, t.used_at from unnest(?::uuid[], ?::timestamptz[]) as t (id, used_at)
          join reveille.databases d on d.id = t.id
        on conflict (database_id) do update
          set used_at = greatest(database_use.used_at, excluded.used_at)""",
        connection.createArrayOf("uuid", databases.toArray()),
        connection.createArrayOf("text", times.toArray()));
  }

  static boolean intend(Connection connection, DatabaseId database, StorageId next)
      throws SQLException {
    return update(connection, "update reveille.databases set next_storage_id = ?"
        + " where id = ? and next_storage_id is null and state in ('ready', 'archived')",
        next.value(), database.value()) == 1;
  }

  /** Up to three statements; to be called in a transaction. */
  static Route swap(Connection connection, DatabaseId database, StorageId next, Checkpoint before,
      Optional<Lineage> origin) throws SQLException {
    if (origin.isPresent()) {
      update(connection, "update reveille.databases"
          + " set parent_id = ?, parent_name = ?, parent_checkpoint = ? where id = ?",
          origin.get().parent().map(DatabaseId::value).orElse(null),
          origin.get().parentName().orElse(null), origin.get().checkpoint().orElse(null),
          database.value());
    }
    Route route = changed(DatabaseRows.records(connection, "update reveille.databases"
        + " set storage_id = next_storage_id, next_storage_id = null"
        + " where id = ? and next_storage_id = ? and state in ('ready', 'archived')" + RETURNING,
        database.value(), next.value()));
    CheckpointRows.insert(connection, before, "ready");
    return route;
  }

  static void forgetIntent(Connection connection, DatabaseId database, StorageId next)
      throws SQLException {
    update(connection, "update reveille.databases set next_storage_id = null"
        + " where id = ? and next_storage_id = ?", database.value(), next.value());
  }

  static List<StorageIntent> intents(Connection connection, CellId cell) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement("select id, next_storage_id"
        + " from reveille.databases where cell_id = ? and next_storage_id is not null")) {
      select.setString(1, cell.value());
      List<StorageIntent> intents = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          intents.add(new StorageIntent(new DatabaseId(row.getObject(1, UUID.class)),
              new StorageId(row.getObject(2, UUID.class))));
        }
      }
      return intents;
    }
  }

  static void dropLost(Connection connection, DatabaseId database, StorageId storage)
      throws SQLException {
    update(connection, "delete from reveille.databases where id = ? and storage_id = ?",
        database.value(), storage.value());
  }

  static List<KnownStorage> known(Connection connection, CellId cell) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(
        """
            select storage_id, id, name, null::uuid as checkpoint, state in ('ready', 'archived') as settled
              from reveille.databases where cell_id = ?
            union all select next_storage_id, id, name, null, false
              from reveille.databases where cell_id = ? and next_storage_id is not null
            union all select storage_id, database_id, database_name || '@' || name, id, state = 'ready'
              from reveille.checkpoints where cell_id = ?""")) {
      DatabaseRows.bind(select, cell.value(), cell.value(), cell.value());
      List<KnownStorage> known = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          known.add(new KnownStorage(new StorageId(row.getObject(1, UUID.class)),
              new DatabaseId(row.getObject(2, UUID.class)), row.getString(3),
              Optional.ofNullable(row.getObject(4, UUID.class)).map(CheckpointId::new),
              row.getBoolean(5)));
        }
      }
      return known;
    }
  }

  private static Route changed(List<DatabaseRecord> records) {
    return first(records).orElseThrow(
        () -> new CatalogException("3D000", "the database has been dropped meanwhile", null));
  }

  private static Optional<Route> first(List<DatabaseRecord> records) {
    return records.stream().findFirst().map(DatabaseRecord::route);
  }

  private static int update(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      DatabaseRows.bind(update, values);
      return update.executeUpdate();
    }
  }

  private static @Nullable Object at(Optional<Instant> instant) {
    return instant.map(CredentialRows::at).orElse(null);
  }

  private static Object at(Instant instant) {
    return CredentialRows.at(instant);
  }

  static Object array(Connection connection, Collection<CellId> cells) throws SQLException {
    return connection.createArrayOf("text", cells.stream().map(CellId::value).toArray());
  }
}
