package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.cell.DatabaseState;
import dev.reveille.cell.NameTakenException;
import dev.reveille.cell.NewDatabase;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** The table of databases. Stateless; each method is one statement on the connection it is given. */
final class DatabaseRows {
  private static final String COLUMNS = "id, account_id, name, cell_id, storage_id, settings, version, state, created_at";
  private static final String SELECT = "select " + COLUMNS + " from reveille.databases ";

  private DatabaseRows() {
  }

  static Route insert(Connection connection, NewDatabase database) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(
        "insert into reveille.databases (account_id, name, cell_id, storage_id, settings)"
            + " values (?, ?, ?, ?, ?::jsonb) returning " + COLUMNS)) {
      insert.setObject(1, database.account().value());
      insert.setString(2, database.name());
      insert.setString(3, database.cell().value());
      insert.setObject(4, database.storage().value());
      insert.setString(5, JsonColumns.settings(database.settings()).toString());
      return list(insert).getFirst().route();
    } catch (SQLException e) {
      if (SqlFailures.violates(e, "databases_name")) {
        throw NameTakenException.database(database.name());
      }
      throw e;
    }
  }

  static Optional<Route> ready(Connection connection, AccountId account, String name)
      throws SQLException {
    try (PreparedStatement select = connection
        .prepareStatement(SELECT + "where account_id = ? and name = ? and state = 'ready'")) {
      select.setObject(1, account.value());
      select.setString(2, name);
      return list(select).stream().findFirst().map(DatabaseRecord::route);
    }
  }

  static List<Route> readyIn(Connection connection, CellId cell) throws SQLException {
    try (PreparedStatement select = connection
        .prepareStatement(SELECT + "where cell_id = ? and state = 'ready' order by id")) {
      select.setString(1, cell.value());
      return list(select).stream().map(DatabaseRecord::route).toList();
    }
  }

  static List<DatabaseRecord> of(Connection connection, AccountId account) throws SQLException {
    try (PreparedStatement select = connection
        .prepareStatement(SELECT + "where account_id = ? order by name, created_at")) {
      select.setObject(1, account.value());
      return list(select);
    }
  }

  static List<DatabaseRecord> in(Connection connection, DatabaseState state) throws SQLException {
    try (PreparedStatement select = connection
        .prepareStatement(SELECT + "where state = ? order by created_at, id")) {
      select.setString(1, state.word());
      return list(select);
    }
  }

  static void markReady(Connection connection, DatabaseId database) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement("with made as (update"
        + " reveille.databases set state = 'ready' where id = ? and state = 'creating' returning 1)"
        + " select exists (select from made)"
        + " or exists (select from reveille.databases where id = ? and state = 'ready')")) {
      update.setObject(1, database.value());
      update.setObject(2, database.value());
      try (ResultSet rows = update.executeQuery()) {
        rows.next();
        if (!rows.getBoolean(1)) {
          throw new CatalogException("3D000",
              "the database has been dropped while it was being created", null);
        }
      }
    }
  }

  static Optional<Route> markDropping(Connection connection, AccountId account, String name)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(
        "update reveille.databases set state = 'dropping'"
            + " where account_id = ? and name = ? and state <> 'dropping' returning " + COLUMNS)) {
      update.setObject(1, account.value());
      update.setString(2, name);
      return list(update).stream().findFirst().map(DatabaseRecord::route);
    }
  }

  static void delete(Connection connection, DatabaseId database) throws SQLException {
    try (PreparedStatement delete = connection
        .prepareStatement("delete from reveille.databases where id = ? and state <> 'ready'")) {
      delete.setObject(1, database.value());
      delete.executeUpdate();
    }
  }

  private static List<DatabaseRecord> list(PreparedStatement statement) throws SQLException {
    List<DatabaseRecord> records = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        Route route = new Route(
            new DatabaseId(row.getObject("id", UUID.class)),
            new AccountId(row.getObject("account_id", UUID.class)),
            row.getString("name"),
            new CellId(row.getString("cell_id")),
            new StorageId(row.getObject("storage_id", UUID.class)),
            JsonColumns.settings(row.getString("settings")),
            row.getLong("version"));
        records.add(new DatabaseRecord(route,
            DatabaseState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
            row.getObject("created_at", OffsetDateTime.class).toInstant()));
      }
    }
    return records;
  }
}
