package dev.reveille.compute.local;

import dev.reveille.compute.admin.AdminConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Sessions of the superuser, in databases whose owner is an agent. What that owner can set for its
 * database (ALTER DATABASE … SET) reaches every session there, this one too, unless the session's own
 * startup packet says otherwise: no function or operator of the owner's is ever found here by name,
 * no library of its choice is loaded and no timeout of its making ends the work.
 */
public final class Administration {
  private static final Map<String, String> OWN_SETTINGS = Map.ofEntries(
      Map.entry("search_path", "pg_catalog, pg_temp"),
      Map.entry("role", "none"),
      Map.entry("session_preload_libraries", ""),
      Map.entry("local_preload_libraries", ""),
      Map.entry("default_transaction_read_only", "off"),
      Map.entry("default_transaction_isolation", "read committed"),
      Map.entry("default_transaction_deferrable", "off"),
      Map.entry("transform_null_equals", "off"),
      Map.entry("statement_timeout", "0"),
      Map.entry("lock_timeout", "5s"),
      Map.entry("idle_in_transaction_session_timeout", "0"),
      Map.entry("idle_session_timeout", "0"),
      Map.entry("row_security", "on"),
      Map.entry("synchronous_commit", "on"));

  private Administration() {
  }

  /** Where nobody else may connect. */
  static AdminConnection open(Path socket, Duration limit) throws IOException {
    return open(socket, RoleNames.ADMIN_DATABASE, limit);
  }

  /** In this database; each call of the connection may take as long as {@code limit}. */
  public static AdminConnection open(Path socket, String database, Duration limit)
      throws IOException {
    return AdminConnection.open(socket, RoleNames.ADMIN, database, OWN_SETTINGS, limit);
  }
}
