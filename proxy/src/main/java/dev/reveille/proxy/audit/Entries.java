package dev.reveille.proxy.audit;

import dev.reveille.cell.AuditEntry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

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

  /** One JSON object and a newline. */
  static String line(AuditEntry entry) {
    return JSON.writeValueAsString(facts(entry)) + "\n";
  }

  /** What all entries have, and then the details of this one's kind. */
  static Map<String, Object> facts(AuditEntry entry) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("at", entry.at().toString());
    facts.put("instance", entry.instance());
    entry.number().ifPresent(number -> facts.put("number", number));
    facts.put("kind", entry.kind());
    entry.account().ifPresent(account -> facts.put("account", account.toString()));
    entry.databaseId().ifPresent(id -> facts.put("database_id", id.toString()));
    entry.database().ifPresent(name -> facts.put("database", name));
    entry.credential().ifPresent(name -> facts.put("credential", name));
    entry.session().ifPresent(session -> facts.put("session", session));
    facts.putAll(entry.details());
    return facts;
  }
}
