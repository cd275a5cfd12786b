package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.Event;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The table of events. Stateless; each method is one statement. */
final class EventRows {
  private EventRows() {
  }

  static void insert(Connection connection, Event event) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(
        "insert into reveille.events (at, kind, account_id, database_id, credential_id, details)"
            + " values (?, ?, ?, ?, ?, ?::jsonb)")) {
      insert.setObject(1, event.at().atOffset(ZoneOffset.UTC));
      insert.setString(2, event.kind());
      insert.setObject(3, event.account().map(AccountId::value).orElse(null));
      insert.setObject(4, event.database().map(DatabaseId::value).orElse(null));
      insert.setObject(5, event.credential().map(CredentialId::value).orElse(null));
      insert.setString(6, JsonColumns.details(event.details()));
      insert.executeUpdate();
    }
  }

  static List<Event> newest(Connection connection, int limit) throws SQLException {
    try (PreparedStatement select = connection
        .prepareStatement("select * from reveille.events order by id desc limit ?")) {
      select.setInt(1, limit);
      List<Event> events = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          events.add(new Event(
              row.getObject("at", OffsetDateTime.class).toInstant(),
              row.getString("kind"),
              Optional.ofNullable(row.getObject("account_id", UUID.class)).map(AccountId::new),
              Optional.ofNullable(row.getObject("database_id", UUID.class)).map(DatabaseId::new),
              Optional.ofNullable(row.getObject("credential_id", UUID.class))
                  .map(CredentialId::new),
              JsonColumns.details(row.getString("details"))));
        }
      }
      return events;
    }
  }
}
