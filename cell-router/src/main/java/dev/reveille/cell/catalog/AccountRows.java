package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.NameTakenException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/** The table of accounts. Stateless; each method is one statement. */
final class AccountRows {
  private AccountRows() {
  }

  static Optional<AccountId> named(Connection connection, String name) throws SQLException {
    return first(connection, "select id from reveille.accounts where name = ?", name);
  }

  static AccountId insert(Connection connection, String name) throws SQLException {
    return first(connection, "insert into reveille.accounts (name) values (?)"
        + " on conflict (name) do nothing returning id", name)
        .orElseThrow(() -> NameTakenException.account(name));
  }

  private static Optional<AccountId> first(Connection connection, String sql, String name)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? Optional.of(new AccountId(row.getObject(1, UUID.class)))
            : Optional.empty();
      }
    }
  }
}
