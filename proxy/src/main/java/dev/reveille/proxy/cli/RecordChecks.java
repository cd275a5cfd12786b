package dev.reveille.proxy.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code doctor} asks of the running process: whether storages and the catalog's records agree. */
final class RecordChecks {
  private static final String SUBJECT = "records";

  private RecordChecks() {
  }

  /** @param repair whether storages that nothing has are deleted, and records without one dropped */
  static List<Finding> all(ControlClient control, boolean repair) {
    JsonNode found;
    try {
      found = repair
          ? control.post("storage/repair", null, JsonMapper.shared().createObjectNode())
          : control.get("storage");
    } catch (CommandFailure e) {
      return List.of(e.exitCode() == ExitCode.NOT_RUNNING
          ? Finding.note(SUBJECT, "not compared with storages, since nothing is running",
              "Start it with: reveille up --detach")
          : Finding.fail(SUBJECT, "cannot be compared with storages: " + e.getMessage(),
              "Repair the catalog first; nothing was changed."));
    }
    List<Finding> findings = new ArrayList<>();
    for (JsonNode one : found) {
      findings.add(finding(one, repair));
    }
    if (findings.isEmpty()) {
      findings.add(Finding.ok(SUBJECT, "every storage has a record, and every record a storage"));
    }
    return findings;
  }

  private static Finding finding(JsonNode one, boolean repair) {
    String kind = one.path("kind").asString().toLowerCase(Locale.ROOT).replace('_', ' ');
    String name = one.path("name").asString("");
    String text = kind + " " + one.path("storage").asString()
        + (name.isEmpty() ? "" : " of \"" + name + "\"") + " in cell "
        + one.path("cell").asString() + ", " + (one.path("bytes").asLong() >> 20) + " MB";
    String outcome = one.path("outcome").asString("");
    if (!repair) {
      return Finding.fail(SUBJECT, text, "Repair it with: reveille doctor --repair");
    }
    return outcome.startsWith("left alone")
        ? Finding.fail(SUBJECT, text + ": " + outcome, "")
        : Finding.note(SUBJECT, text + ": " + outcome, "");
  }
}
