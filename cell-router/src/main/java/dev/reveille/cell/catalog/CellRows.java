package dev.reveille.cell.catalog;

import dev.reveille.cell.Cell;
import dev.reveille.cell.CellId;
import dev.reveille.cell.CellLoad;
import dev.reveille.cell.CellState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The table of cells. Stateless; each method is one statement. */
final class CellRows {
  private CellRows() {
  }

  static void register(Connection connection, Cell cell) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(
        """
            insert into reveille.cells as c (id, state, provider, capacity) values (?, ?, ?, ?)
            on conflict (id) do update set provider = excluded.provider, capacity = excluded.capacity
            where (c.provider, c.capacity) is distinct from (excluded.provider, excluded.capacity)""")) {
      insert.setString(1, cell.id().value());
      insert.setString(2, cell.state().word());
      insert.setString(3, cell.provider());
      insert.setInt(4, cell.capacity());
      insert.executeUpdate();
    }
  }

  static boolean setState(Connection connection, CellId cell, CellState state)
      throws SQLException {
    try (PreparedStatement update = connection
        .prepareStatement("update reveille.cells set state = ? where id = ?")) {
      update.setString(1, state.word());
      update.setString(2, cell.value());
      return update.executeUpdate() > 0;
    }
  }

  static List<CellLoad> loads(Connection connection) throws SQLException {
    try (
        PreparedStatement select = connection.prepareStatement(
            "select c.*, coalesce(l.load, 0) as load from reveille.cells c left join (select cell_id,"
                + " sum(databases) as load from reveille.cell_loads group by cell_id) l"
                + " on l.cell_id = c.id order by c.id");
        ResultSet row = select.executeQuery()) {
      return loads(row);
    }
  }

  static List<CellLoad> loads(Connection connection, Set<CellId> cells) throws SQLException {
    try (
        PreparedStatement select = connection.prepareStatement(
            "select c.*, coalesce((select sum(l.databases) from reveille.cell_loads l"
                + " where l.cell_id = c.id), 0) as load from reveille.cells c where c.id = any (?)"
                + " order by c.id")) {
      select.setArray(1,
          connection.createArrayOf("text", cells.stream().map(CellId::value).toArray()));
      try (ResultSet row = select.executeQuery()) {
        return loads(row);
      }
    }
  }

  private static List<CellLoad> loads(ResultSet row) throws SQLException {
    List<CellLoad> loads = new ArrayList<>();
    while (row.next()) {
      loads.add(new CellLoad(cell(row), Math.toIntExact(row.getLong("load"))));
    }
    return loads;
  }

  static List<Cell> all(Connection connection) throws SQLException {
    List<Cell> cells = new ArrayList<>();
    try (
        PreparedStatement select = connection
            .prepareStatement("select * from reveille.cells order by id");
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        cells.add(cell(row));
      }
    }
    return cells;
  }

  private static Cell cell(ResultSet row) throws SQLException {
    return new Cell(
        new CellId(row.getString("id")),
        CellState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getString("provider"),
        row.getInt("capacity"));
  }
}
