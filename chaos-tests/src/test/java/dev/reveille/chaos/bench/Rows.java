package dev.reveille.chaos.bench;

import dev.reveille.chaos.harness.ConnectionString;
import java.sql.Connection;
import java.sql.SQLException;

/** The smallest question. */
final class Rows {
  private Rows() {
  }

  static void one(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(
            "select 1")) {
      if (!rows.next()) {
        throw new SQLException("no row");
      }
    }
  }

  /** Connects, asks, disconnects. */
  static void first(ConnectionString url) throws SQLException {
    try (Connection connection = url.connect()) {
      one(connection);
    }
  }
}
