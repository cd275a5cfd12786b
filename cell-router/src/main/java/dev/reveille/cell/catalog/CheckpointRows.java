package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.CheckpointId;
import dev.reveille.cell.CheckpointKind;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.NameTakenException;
import dev.reveille.cell.StorageId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table of checkpoints. Stateless; each method is one statement. */
final class CheckpointRows {
  private static final String SELECT = "select * from reveille.checkpoints ";

  private CheckpointRows() {
  }

  static void insert(Connection connection, Checkpoint checkpoint, String state)
      throws SQLException {
    try {
      update(connection, """
          insert into reveille.checkpoints (id, account_id, database_id, database_name, name, state,
            kind, cell_id, storage_id, created_by, created_at, expires_at, bytes)
          values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::timestamptz, ?)""",
          checkpoint.id().value(), checkpoint.account().value(), checkpoint.database().value(),
          checkpoint.databaseName(), checkpoint.name(), state, checkpoint.kind().word(),
          checkpoint.cell().value(), checkpoint.storage().value(), checkpoint.createdBy(),
          CredentialRows.at(checkpoint.createdAt()), at(checkpoint.expiresAt()),
          checkpoint.bytes());
    } catch (SQLException e) {
      if (SqlFailures.violates(e, "checkpoints_name")) {
        throw NameTakenException.checkpoint(checkpoint.name());
      }
      throw e;
    }
  }

  static void markReady(Connection connection, CheckpointId checkpoint, long bytes)
      throws SQLException {
    update(connection, "update reveille.checkpoints set state = 'ready', bytes = ?"
        + " where id = ? and state = 'creating'", bytes, checkpoint.value());
  }

  static Optional<Checkpoint> named(Connection connection, AccountId account, String database,
      String name) throws SQLException {
    return select(connection, "where account_id = ? and database_name = ? and name = ?"
        + " and state = 'ready' order by created_at desc limit 1", account.value(), database, name)
        .stream()
        .findFirst();
  }

  static List<Checkpoint> of(Connection connection, AccountId account) throws SQLException {
    return select(connection, "where account_id = ? and state = 'ready' and kind <> 'base'"
        + " order by created_at desc, name", account.value());
  }

  static List<Checkpoint> of(Connection connection, DatabaseId database) throws SQLException {
    return select(connection, "where database_id = ? and state = 'ready' and kind <> 'base'"
        + " order by created_at desc, name", database.value());
  }

  static List<Checkpoint> bases(Connection connection, AccountId account) throws SQLException {
    return select(connection, "where account_id = ? and state = 'ready' and kind = 'base'"
        + " order by created_at desc, name", account.value());
  }

  static List<Checkpoint> bases(Connection connection, DatabaseId branch) throws SQLException {
    return select(connection, "where database_id = ? and state <> 'dropping' and kind = 'base'"
        + " order by created_at desc, name", branch.value());
  }

  static void markDropping(Connection connection, CheckpointId checkpoint) throws SQLException {
    update(connection, "update reveille.checkpoints set state = 'dropping' where id = ?",
        checkpoint.value());
  }

  static void delete(Connection connection, CheckpointId checkpoint) throws SQLException {
    update(connection, "delete from reveille.checkpoints where id = ? and state <> 'ready'",
        checkpoint.value());
  }

  static void expiry(Connection connection, CheckpointId checkpoint, Optional<Instant> expiresAt)
      throws SQLException {
    update(connection, "update reveille.checkpoints set expires_at = ?::timestamptz where id = ?",
        at(expiresAt), checkpoint.value());
  }

  static List<Checkpoint> unfinished(Connection connection) throws SQLException {
    return select(connection, "where state <> 'ready' order by created_at, id");
  }

  static List<Checkpoint> expired(Connection connection, Collection<CellId> cells, Instant now,
      int limit) throws SQLException {
    return select(connection, "where cell_id = any (?) and state = 'ready' and expires_at <= ?"
        + " order by expires_at limit ?", LifetimeRows.array(connection, cells),
        CredentialRows.at(now), limit);
  }

  private static void update(Connection connection, String sql, @Nullable Object... values)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      DatabaseRows.bind(update, values);
      update.executeUpdate();
    }
  }

  private static List<Checkpoint> select(Connection connection, String where,
      @Nullable Object... values) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(SELECT + where)) {
      DatabaseRows.bind(select, values);
      List<Checkpoint> checkpoints = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          checkpoints.add(read(row));
        }
      }
      return checkpoints;
    }
  }

  private static Checkpoint read(ResultSet row) throws SQLException {
    return new Checkpoint(new CheckpointId(row.getObject("id", UUID.class)),
        new AccountId(row.getObject("account_id", UUID.class)),
        new DatabaseId(row.getObject("database_id", UUID.class)), row.getString("database_name"),
        row.getString("name"), new CellId(row.getString("cell_id")),
        new StorageId(row.getObject("storage_id", UUID.class)),
        CheckpointKind.ofWord(row.getString("kind")), row.getString("created_by"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        DatabaseRows.instant(row, "expires_at"), row.getLong("bytes"));
  }

  private static @Nullable Object at(Optional<Instant> instant) {
    return instant.map(CredentialRows::at).orElse(null);
  }
}
