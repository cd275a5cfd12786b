package dev.reveille.chaos.attacks;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * A way out of a control, in SQL.
 *
 * @param name what it is called in the list of attacks
 * @param statements sent one after another whatever becomes of them; several in one text go in one
 *     Query message
 * @param loot a query for the owner, who may be refused, which answers {@code true} once the attack has succeeded; or, if
 *     it is empty, the last statement's success is the attack's
 */
record Escape(String name, List<String> statements, String loot) {

  /** Succeeds if the last of the statements does. */
  static Escape done(String name, String... statements) {
    return new Escape(name, List.of(statements), "");
  }

  /** Succeeds if the owner finds this afterwards. */
  static Escape seen(String name, String loot, String... statements) {
    return new Escape(name, List.of(statements), loot);
  }

  /** What came of it: the SQLSTATE of each statement, 00000 for those that were carried out. */
  record Outcome(boolean succeeded, List<String> states) {}

  Outcome tried(Connection agent, Connection owner) throws SQLException {
    List<String> states = new ArrayList<>();
    for (String statement : statements) {
      try (Statement sent = agent.createStatement()) {
        sent.setQueryTimeout(20);
        sent.execute(statement);
        drain(sent);
        states.add("00000");
      } catch (SQLException e) {
        states.add(String.valueOf(e.getSQLState()));
      }
    }
    return new Outcome(loot.isEmpty() ? states.getLast().equals("00000") : found(owner), states);
  }

  private static void drain(Statement sent) throws SQLException {
    boolean rows = sent.getResultSet() != null;
    while (rows || sent.getUpdateCount() >= 0) {
      rows = sent.getMoreResults();
    }
  }

  private boolean found(Connection owner) throws SQLException {
    try (Statement look = owner.createStatement(); ResultSet row = look.executeQuery(loot)) {
      return row.next() && row.getBoolean(1);
    } catch (SQLException e) {
      if ("42501".equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
