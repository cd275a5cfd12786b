package dev.reveille.cell.catalog;

import dev.reveille.cell.CatalogReader.Change;
import dev.reveille.cell.CatalogReader.Changes;
import dev.reveille.cell.CatalogReader.Cursor;
import dev.reveille.cell.CatalogReader.Subject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The stream of changes. A cursor is the oldest transaction that was unfinished when the stream was
 * last read: everything older had been seen or had failed, so that asking for all rows of that and of
 * younger transactions misses none, in whatever order they commit.
 */
final class ChangeRows {
  /** More than this at once and starting afresh is cheaper than following. */
  static final int MOST = 10_000;

  private ChangeRows() {
  }

  static Changes since(Connection connection, Optional<Cursor> cursor) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement("""
        with now as (select pg_snapshot_xmin(pg_current_snapshot()) as oldest)
        select now.oldest::text::bigint as oldest, c.version, c.subject, c.id
        from now left join reveille.changes c on c.transaction >= ?::text::xid8
        order by c.version limit ?""")) {
      select.setString(1, Long.toString(
          cursor.map(Cursor::oldestUnfinished).orElse(Long.MAX_VALUE)));
      select.setInt(2, MOST + 1);
      try (ResultSet row = select.executeQuery()) {
        List<Change> changes = new ArrayList<>();
        long oldest = 0;
        while (row.next()) {
          oldest = row.getLong("oldest");
          String subject = row.getString("subject");
          if (subject != null) {
            changes.add(change(subject, row.getString("id"), row.getLong("version")));
          }
        }
        Cursor next = new Cursor(oldest);
        boolean setBack = cursor.isPresent() && oldest < cursor.get().oldestUnfinished();
        return setBack || changes.size() > MOST
            ? new Changes(List.of(), next, false)
            : new Changes(changes, next, true);
      }
    }
  }

  /** Removes old rows, and those of a restored copy whose transaction numbers are yet to come. */
  static void forget(Connection connection, Duration age) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement("""
        delete from reveille.changes where at < now() - make_interval(secs => ?)
          or transaction >= pg_snapshot_xmax(pg_current_snapshot())""")) {
      delete.setDouble(1, age.toMillis() / 1000.0);
      delete.executeUpdate();
    }
  }

  /** The payload of a notification: subject, version, id. */
  static Optional<Change> parse(String payload) {
    String[] parts = payload.split(" ", 3);
    try {
      return parts.length == 3
          ? Optional.of(change(parts[0], parts[2], Long.parseLong(parts[1])))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Change change(String subject, String id, long version) {
    return new Change(Subject.valueOf(subject.toUpperCase(Locale.ROOT)), id, version);
  }
}
