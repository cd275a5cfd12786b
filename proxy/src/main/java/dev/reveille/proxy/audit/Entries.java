package dev.reveille.proxy.audit;

import dev.reveille.cell.AuditEntry;
import java.util.OptionalLong;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The two forms in which an event is kept: an entry for the table, a line for the file. */
final class Entries {
  /** In ASCII, so that nothing a client has named can move a terminal's cursor. */
  private static final JsonMapper JSON = JsonMapper.builder()
      .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
      .build();

  private Entries() {
  }

  static AuditEntry entry(Noted noted, String instance) {
    AuditEvent event = noted.event();
    Subject subject = event.subject();
    return new AuditEntry(noted.at(), OptionalLong.of(noted.number()), event.kind().label(),
        subject.account(), subject.databaseId(), subject.database().map(Details::named),
        subject.credential(), subject.session(), instance, Details.of(event));
  }

  /** One JSON object and a newline; details are its own keys, behind those that all lines have. */
  static String line(AuditEntry entry) {
    ObjectNode line = JSON.createObjectNode();
    line.put("at", entry.at().toString());
    line.put("instance", entry.instance());
    entry.number().ifPresent(number -> line.put("number", number));
    line.put("kind", entry.kind());
    entry.account().ifPresent(account -> line.put("account", account.toString()));
    entry.databaseId().ifPresent(id -> line.put("database_id", id.toString()));
    entry.database().ifPresent(name -> line.put("database", name));
    entry.credential().ifPresent(name -> line.put("credential", name));
    entry.session().ifPresent(session -> line.put("session", session));
    entry.details().forEach((name, value) -> line.set(name, JSON.valueToTree(value)));
    return JSON.writeValueAsString(line) + "\n";
  }
}
