package dev.reveille.proxy.cli;

import dev.reveille.proxy.app.Home;
import dev.reveille.proxy.app.RestingHome;
import dev.reveille.proxy.app.StartFailure;
import dev.reveille.proxy.config.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whether storages and the catalog's records agree: asked of the running process, or, where nothing
 * runs, found out with the home held.
 */
final class RecordChecks {
  private static final String SUBJECT = "records";

  private RecordChecks() {
  }

  /** @param repair whether storages that nothing has are deleted, and records without one dropped */
  static List<Finding> all(Home home, Configuration configuration, boolean repair)
      throws InterruptedException {
    ControlClient control = new ControlClient(home);
    JsonNode found;
    try {
      found = repair
          ? control.post("storage/repair", null, JsonMapper.shared().createObjectNode())
          : control.get("storage");
    } catch (CommandFailure e) {
      return e.exitCode() == ExitCode.NOT_RUNNING
          ? atRest(home, configuration, repair)
          : List.of(Finding.fail(SUBJECT, "cannot be compared with storages: " + e.getMessage(),
              "Repair the catalog first; nothing was changed."));
    }
    return findings(found, repair);
  }

  private static List<Finding> atRest(Home home, Configuration configuration, boolean repair)
      throws InterruptedException {
    if (!RestingHome.inhabited(home, configuration)) {
      return List.of(Finding.ok(SUBJECT, "none were made in this home yet"));
    }
    try {
      return findings(JsonMapper.shared()
          .valueToTree(RestingHome.inspect(home, configuration, repair)), repair);
    } catch (StartFailure e) {
      String why = "not compared with storages: " + e.getMessage();
      return List.of(e.kind() == StartFailure.Kind.ALREADY_RUNNING
          ? Finding.note(SUBJECT, why, "Ask again when it has started.")
          : Finding.fail(SUBJECT, why, e.hint()));
    }
  }

  private static List<Finding> findings(JsonNode found, boolean repair) {
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
