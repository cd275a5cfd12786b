package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.cell.DatabaseState;
import dev.reveille.cell.Lifetime;
import dev.reveille.cell.Lineage;
import dev.reveille.cell.NameTakenException;
import dev.reveille.cell.NewDatabase;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table of databases. Stateless; each method is one statement on the connection it is given. */
final class DatabaseRows {
  /** Also fit for {@code returning}: every name in it is one of the table. */
  static final String COLUMNS = "id, account_id, name, cell_id, storage_id, settings, version, state,"
      + " created_at, expires_at, parent_id, parent_name, parent_checkpoint, created_by,"
      + " (select used_at from reveille.database_use where database_id = id) as used_at";
  static final String SELECT = "select " + COLUMNS + " from reveille.databases d ";

  private DatabaseRows() {
  }

  static Route insert(Connection connection, NewDatabase database) throws SQLException {
    try {
      return records(connection, "insert into reveille.databases (account_id, name, cell_id,"
          + " storage_id, settings, expires_at, parent_id, parent_name, parent_checkpoint,"
          + " created_by) values (?, ?, ?, ?, ?::jsonb, ?::timestamptz, ?, ?, ?, ?) returning "
          + COLUMNS, database.account().value(), database.name(), database.cell().value(),
          database.storage().value(), JsonColumns.settings(database.settings()).toString(),
          database.expiresAt().map(CredentialRows::at).orElse(null),
          database.lineage().parent().map(DatabaseId::value).orElse(null),
          database.lineage().parentName().orElse(null),
          database.lineage().checkpoint().orElse(null), database.createdBy()).getFirst().route();
    } catch (SQLException e) {
      if (SqlFailures.violates(e, "databases_name")) {
        throw NameTakenException.database(database.name());
      }
      throw e;
    }
  }

  static Optional<Route> routable(Connection connection, AccountId account, String name)
      throws SQLException {
    return records(connection, SELECT + "where account_id = ? and name = ?"
        + " and state in ('ready', 'archived')", account.value(), name)
        .stream()
        .findFirst()
        .map(DatabaseRecord::route);
  }

  static List<Route> routableIn(Connection connection, CellId cell) throws SQLException {
    return records(connection, SELECT + "where cell_id = ?"
        + " and state in ('ready', 'archived') order by id", cell.value())
        .stream()
        .map(DatabaseRecord::route)
        .toList();
  }

  static List<DatabaseRecord> of(Connection connection, AccountId account) throws SQLException {
    return records(connection, SELECT + "where account_id = ? order by name, created_at",
        account.value());
  }

  static List<DatabaseRecord> behind(Connection connection, AccountId account, String name,
      int most) throws SQLException {
    return records(connection, SELECT + "where account_id = ? and name > ?"
        + " and state in ('ready', 'archived') order by name limit ?", account.value(), name, most);
  }

  static List<DatabaseRecord> in(Connection connection, DatabaseState state) throws SQLException {
    return records(connection, SELECT + "where state = ? order by created_at, id", state.word());
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
    return records(connection, "update reveille.databases set state = 'dropping'"
        + " where account_id = ? and name = ? and state <> 'dropping' returning " + COLUMNS,
        account.value(), name).stream().findFirst().map(DatabaseRecord::route);
  }

  static void delete(Connection connection, DatabaseId database) throws SQLException {
    try (PreparedStatement delete = connection
        .prepareStatement("delete from reveille.databases where id = ?"
            + " and state in ('creating', 'dropping')")) {
      delete.setObject(1, database.value());
      delete.executeUpdate();
    }
  }

  static List<DatabaseRecord> records(Connection connection, String sql,
      @Nullable Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, values);
      List<DatabaseRecord> records = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          records.add(read(row));
        }
      }
      return records;
    }
  }

  static void bind(PreparedStatement statement, @Nullable Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
  }

  static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }

  static DatabaseRecord read(ResultSet row) throws SQLException {
    DatabaseState state = DatabaseState.valueOf(row.getString("state").toUpperCase(Locale.ROOT));
    Route route = new Route(
        new DatabaseId(row.getObject("id", UUID.class)),
        new AccountId(row.getObject("account_id", UUID.class)),
        row.getString("name"),
        new CellId(row.getString("cell_id")),
        new StorageId(row.getObject("storage_id", UUID.class)),
        JsonColumns.settings(row.getString("settings")),
        new Lifetime(instant(row, "expires_at"), state == DatabaseState.ARCHIVED),
        row.getLong("version"));
    Lineage lineage = new Lineage(
        Optional.ofNullable(row.getObject("parent_id", UUID.class)).map(DatabaseId::new),
        Optional.ofNullable(row.getString("parent_name")),
        Optional.ofNullable(row.getString("parent_checkpoint")));
    return new DatabaseRecord(route, state, row.getObject("created_at", OffsetDateTime.class)
        .toInstant(), lineage, row.getString("created_by"), instant(row, "used_at"));
  }
}
