package dev.reveille.proxy.console;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What SHOW can list here, and the query that does. All else is a setting of Postgres. */
final class Shows {
  private static final Map<String, String> QUERIES = new LinkedHashMap<>();

  static {
    QUERIES.put("databases", "SELECT name, state, cell, sessions, parent, created_at, expires_at,"
        + " suspend_after FROM reveille.databases ORDER BY name");
    QUERIES.put("checkpoints", "SELECT database, name, kind, created_at, expires_at, bytes,"
        + " created_by FROM reveille.checkpoints ORDER BY database, created_at");
    QUERIES.put("credentials", "SELECT name, kind, mode, databases, state, expires_at, connections"
        + " FROM reveille.credentials ORDER BY name");
    QUERIES.put("cells", "SELECT * FROM reveille.cells ORDER BY cell");
    QUERIES.put("computes", "SELECT * FROM reveille.computes ORDER BY database");
    QUERIES.put("sessions", "SELECT * FROM reveille.sessions ORDER BY session");
    QUERIES.put("budgets",
        "SELECT * FROM reveille.budgets ORDER BY credential NULLS FIRST, budget");
    QUERIES.put("usage", "SELECT * FROM reveille.usage ORDER BY compute_seconds DESC, bytes DESC");
    QUERIES.put("account", "SELECT * FROM reveille.account");
    QUERIES.put("help", "SELECT * FROM reveille.help ORDER BY number");
    QUERIES.put("pools", "SELECT * FROM reveille.pools ORDER BY database, \"user\"");
    QUERIES.put("clients", "SELECT * FROM reveille.clients ORDER BY id");
    QUERIES.put("servers", "SELECT * FROM reveille.servers ORDER BY id");
    QUERIES.put("stats", "SELECT * FROM reveille.stats ORDER BY database");
    QUERIES.put("version", "SELECT * FROM reveille.version");
  }

  private Shows() {
  }

  /** The query behind {@code SHOW word}, given in lower case. */
  static Optional<String> query(String word) {
    return Optional.ofNullable(QUERIES.get(word));
  }
}
