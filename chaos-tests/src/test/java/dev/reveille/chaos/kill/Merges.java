package dev.reveille.chaos.kill;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Branches of one parent, each with two tables of its own, that are merged one after the other until nobody answers. */
final class Merges {
  private static final String CALL = "/control/";

  private final RunningReveille reveille;
  private final ConnectionString parent;
  private final Set<String> merged = ConcurrentHashMap.newKeySet();
  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private final List<String> begun = new ArrayList<>();

  Merges(RunningReveille reveille, ConnectionString parent) {
    this.reveille = reveille;
    this.parent = parent;
  }

  /** Names begin with this. For a thread of its own, which is to be joined before anything else is asked. */
  void run(String prefix) {
    try {
      for (int i = 0; refused.isEmpty(); i++) {
        String name = prefix + i;
        ConnectionString branch = ConnectionString.parse(JsonMapper.shared()
            .readTree(reveille.control("create", name,
                "{\"from\": \"" + parent.database() + "\"}"))
            .path("url")
            .asString());
        one(branch, "create table " + name + "_a (); create table " + name + "_b (); select 1");
        begun.add(name);
        reveille.merge(name);
        merged.add(name);
      }
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).startsWith(CALL)) {
        refused.add(String.valueOf(e.getMessage()));
      }
    } catch (SQLException e) {
      if (!String.valueOf(e.getSQLState()).matches("(08|57).*")) {
        refused.add(e.toString());
      }
    }
  }

  /** The parent has all of a branch or nothing, and all of what was answered for; what was for trying ends by itself. */
  void nothingIsHalf() throws IOException, SQLException {
    assertThat(refused).isEmpty();
    for (String name : begun) {
      assertThat(tables(name)).as(name).isIn(merged.contains(name) ? Set.of(2) : Set.of(0, 2));
    }
    for (JsonNode one : JsonMapper.shared().readTree(reveille.list())) {
      if (one.path("name").asString().startsWith("merge-")) {
        assertThat(one.path("expires").asString("")).as(one.toString()).isNotEmpty();
      }
    }
  }

  /** One that nobody has answered for can be merged now, whatever became of it. */
  void again() throws IOException, SQLException {
    assertThat(begun).isNotEmpty();
    for (String name : begun.reversed()) {
      if (!merged.contains(name)) {
        reveille.merge(name);
        assertThat(tables(name)).as(name).isEqualTo(2);
        return;
      }
    }
  }

  private int tables(String name) throws SQLException {
    return one(parent, "select count(*) from pg_class where relname in ('" + name + "_a', '" + name
        + "_b')");
  }

  private static int one(ConnectionString url, String sql) throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement()) {
      boolean rows = statement.execute(sql);
      while (!rows) {
        rows = statement.getMoreResults();
      }
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        return row.getInt(1);
      }
    }
  }
}
