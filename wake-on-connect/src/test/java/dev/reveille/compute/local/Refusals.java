package dev.reveille.compute.local;

import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.admin.SqlFailedException;
import java.io.IOException;

/** How a compute refuses. */
final class Refusals {
  private Refusals() {
  }

  /** The SQLSTATE of the refusal, or {@code allowed}. */
  static String sqlState(AdminConnection connection, String sql) throws IOException {
    try {
      connection.execute(sql);
      return "allowed";
    } catch (SqlFailedException e) {
      return e.sqlState();
    }
  }
}
