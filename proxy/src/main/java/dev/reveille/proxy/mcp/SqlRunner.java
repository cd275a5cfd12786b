package dev.reveille.proxy.mcp;

import dev.reveille.proxy.api.ApiJson;
import dev.reveille.proxy.operations.CredentialView;
import dev.reveille.proxy.operations.Credentials;
import dev.reveille.proxy.operations.JdbcUrl;
import dev.reveille.proxy.operations.OperationFailure;
import dev.reveille.proxy.operations.RequestJson;
import dev.reveille.proxy.operations.Requester;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.util.PSQLWarning;
import org.postgresql.util.ServerErrorMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs SQL for a caller, through the proxy's own listener like any client, under a credential that is
 * made for this one call: for one database, in the asked mode, for five minutes, and revoked at the
 * end. What it may cost is limited there: time, bytes, connections. A statement that is recognisably
 * destructive is preceded by a checkpoint, which a notice names. Blocks; any thread that may.
 */
final class SqlRunner {
  /** Characters of all values together. */
  private static final int LONGEST = 200_000;
  private static final int LONGEST_VALUE = 10_000;
  private static final int MOST_RESULTS = 20;
  /** How long a call may take. */
  static final int SECONDS = 30;
  private static final Logger log = LoggerFactory.getLogger(SqlRunner.class);

  private final Supplier<Credentials> credentials;

  SqlRunner(Supplier<Credentials> credentials) {
    this.credentials = credentials;
  }

  /**
   * Results in order, and notices.
   *
   * @param failure what ended it early; there are no results then
   */
  record Outcome(List<Map<String, Object>> results, List<String> notices, boolean truncated,
      Optional<SQLException> failure) {}

  Outcome run(Requester who, String database, String mode, String sql, int maxRows) {
    CredentialView made = credentials.get()
        .create(who, RequestJson.credential(request(database,
            mode)));
    JdbcUrl url = JdbcUrl.of(java.util.Objects.requireNonNull(made.connectionString()));
    try (Connection connection = connect(url); Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(SECONDS);
      statement.setMaxRows(maxRows + 1);
      return run(statement, sql, maxRows);
    } catch (SQLException e) {
      return new Outcome(List.of(), List.of(), false, Optional.of(e));
    } finally {
      revoke(who, made.name());
    }
  }

  private static Connection connect(JdbcUrl url) throws SQLException {
    // In the extended protocol the compute stops at the row limit, whatever the result's size.
    Connection connection = new Driver()
        .connect(url.text().replace("&preferQueryMode=simple", ""), new Properties());
    if (connection == null) {
      throw new SQLException("the connection string is not understood", "08001");
    }
    return connection;
  }

  private static String request(String database, String mode) {
    ObjectNode request = ApiJson.MAPPER.createObjectNode();
    request.putArray("databases").add(database);
    request.put("mode", mode)
        .put("ttl", "5min")
        .put("max_connections", 2)
        .put("request_time", (SECONDS + 5) + "s")
        .put("max_bytes_out", "16MB")
        .put("checkpoint_before", "destructive");
    return request.toString();
  }

  private static Outcome run(Statement statement, String sql, int maxRows) throws SQLException {
    List<Map<String, Object>> results = new ArrayList<>();
    try {
      boolean truncated = results(statement, sql, maxRows, results);
      return new Outcome(results, notices(statement), truncated, Optional.empty());
    } catch (SQLException e) {
      // A checkpoint that was taken before is named in the notices.
      return new Outcome(List.of(), notices(statement), false, Optional.of(e));
    }
  }

  /** Whether there was more than was read. */
  private static boolean results(Statement statement, String sql, int maxRows,
      List<Map<String, Object>> results) throws SQLException {
    int[] room = {LONGEST};
    boolean truncated = false;
    boolean rows = statement.execute(sql);
    while (rows || statement.getUpdateCount() >= 0) {
      if (results.size() == MOST_RESULTS) {
        return true;
      }
      Map<String, Object> result = new LinkedHashMap<>();
      if (rows) {
        try (ResultSet set = statement.getResultSet()) {
          truncated |= read(set, maxRows, room, result);
        }
      } else {
        result.put("affected_rows", statement.getUpdateCount());
      }
      results.add(result);
      rows = statement.getMoreResults();
    }
    return truncated;
  }

  private static List<String> notices(Statement statement) throws SQLException {
    List<String> notices = new ArrayList<>();
    int room = LONGEST_VALUE;
    for (SQLWarning one = statement.getWarnings(); one != null && notices.size() < 50
        && room > 0; one = one.getNextWarning()) {
      String text = text(one);
      String shown = text.length() > room ? text.substring(0, room) + "…" : text;
      room -= shown.length();
      notices.add(shown);
    }
    return notices;
  }

  /** With its detail, which says what a checkpoint has; the hint names what an agent has not. */
  private static String text(SQLWarning notice) {
    ServerErrorMessage server = notice instanceof PSQLWarning postgres
        ? postgres.getServerErrorMessage()
        : null;
    return server == null || server.getDetail() == null
        ? String.valueOf(notice.getMessage())
        : server.getMessage() + ". " + server.getDetail();
  }

  /** Whether there was more than was read. */
  private static boolean read(ResultSet set, int maxRows, int[] room,
      Map<String, Object> result) throws SQLException {
    ResultSetMetaData about = set.getMetaData();
    List<Map<String, String>> columns = new ArrayList<>();
    for (int i = 1; i <= about.getColumnCount(); i++) {
      columns.add(Map.of("name", about.getColumnLabel(i), "type", about.getColumnTypeName(i)));
    }
    List<List<@Nullable String>> rows = new ArrayList<>();
    boolean more = false;
    while (set.next()) {
      if (rows.size() == maxRows || room[0] <= 0) {
        more = true;
        break;
      }
      List<@Nullable String> row = new ArrayList<>();
      for (int i = 1; i <= columns.size(); i++) {
        String value = set.getString(i);
        if (value != null && value.length() > LONGEST_VALUE) {
          value = value.substring(0, LONGEST_VALUE) + "…";
          more = true;
        }
        room[0] -= value == null ? 4 : value.length();
        row.add(value);
      }
      rows.add(row);
    }
    result.put("columns", columns);
    result.put("rows", rows);
    result.put("truncated", more);
    return more;
  }

  private void revoke(Requester who, String name) {
    try {
      var _ = credentials.get().revoke(who, name);
    } catch (OperationFailure e) {
      log.atWarn().setCause(e).log("a credential for one call was left to expire");
    }
  }
}
