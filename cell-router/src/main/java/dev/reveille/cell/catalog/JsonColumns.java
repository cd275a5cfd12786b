package dev.reveille.cell.catalog;

import dev.reveille.cell.DatabaseSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON forms of what may grow: settings and an entry's details. Units are in the keys. Also the
 * form of settings in a cell's manifest.
 */
public final class JsonColumns {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String SUSPEND_AFTER_MS = "suspend_after_ms";

  private JsonColumns() {
  }

  public static ObjectNode settings(DatabaseSettings settings) {
    return JSON.createObjectNode().put(SUSPEND_AFTER_MS, settings.suspendAfter().toMillis());
  }

  /** Missing keys take their defaults, unknown ones are left alone. */
  public static DatabaseSettings settings(JsonNode json) {
    JsonNode suspendAfter = json.path(SUSPEND_AFTER_MS);
    return suspendAfter.isMissingNode()
        ? DatabaseSettings.DEFAULTS
        : new DatabaseSettings(Duration.ofMillis(suspendAfter.asLong()));
  }

  static DatabaseSettings settings(String json) {
    return settings(JSON.readTree(json));
  }

  static String details(Map<String, Object> details) {
    return JSON.writeValueAsString(details);
  }

  static Map<String, Object> details(String json) {
    Map<String, Object> details = new LinkedHashMap<>();
    JSON.readTree(json).properties().forEach(e -> details.put(e.getKey(), value(e.getValue())));
    return details;
  }

  private static Object value(JsonNode json) {
    if (json.isIntegralNumber()) {
      return json.asLong();
    }
    return json.isBoolean() ? json.asBoolean() : json.asString();
  }
}
