package dev.reveille.cell.catalog;

import dev.reveille.cell.AddressRange;
import dev.reveille.cell.Allowance;
import dev.reveille.cell.CheckpointBefore;
import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.CredentialLimits;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.Scope;
import dev.reveille.cell.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON form of what a scope has besides its databases, mode and times: objects, addresses, limits
 * and allowances, in the catalog and in a cell's manifest. Units are in the keys. What is missing
 * takes the default of the credential's kind; what is not known is refused with {@link
 * IllegalArgumentException}, since it might have been a limit.
 */
public final class ScopeJson {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Set<String> KEYS = Set.of("schemas", "tables", "addresses", "limits",
      "allowed", "checkpoint_before");
  private static final Set<String> LIMITS = Set.of("connections", "connects_per_minute",
      "wakes_per_hour", "request_time_ms", "idle_time_ms", "session_time_ms", "session_bytes_out",
      "daily_bytes_out", "frame_bytes");

  private ScopeJson() {
  }

  public static ObjectNode write(Scope scope) {
    ObjectNode json = JSON.createObjectNode();
    if (scope.objects() instanceof ObjectScope.Only only) {
      ArrayNode schemas = json.putArray("schemas");
      only.schemas().stream().sorted().forEach(schemas::add);
      ArrayNode tables = json.putArray("tables");
      only.tables()
          .stream()
          .sorted()
          .forEach(table -> tables.addArray().add(table.schema()).add(table.table()));
    }
    ArrayNode addresses = json.putArray("addresses");
    scope.addresses().forEach(range -> addresses.add(range.toString()));
    ArrayNode allowed = json.putArray("allowed");
    scope.allowances().stream().sorted().forEach(allowance -> allowed.add(allowance.word()));
    if (scope.checkpointBefore() != CheckpointBefore.NOTHING) {
      json.put("checkpoint_before", scope.checkpointBefore().word());
    }
    CredentialLimits limits = scope.limits();
    json.putObject("limits")
        .put("connections", limits.connections())
        .put("connects_per_minute", limits.connectsPerMinute())
        .put("wakes_per_hour", limits.wakesPerHour())
        .put("request_time_ms", limits.requestTime().toMillis())
        .put("idle_time_ms", limits.idleTime().toMillis())
        .put("session_time_ms", limits.sessionTime().toMillis())
        .put("session_bytes_out", limits.sessionBytesOut())
        .put("daily_bytes_out", limits.dailyBytesOut())
        .put("frame_bytes", limits.frameBytes());
    return json;
  }

  public static Scope read(JsonNode json, CredentialKind kind, DatabaseScope databases, Mode mode,
      Instant notBefore, Instant expiresAt, boolean channelBindingRequired) {
    requireKnown(json, KEYS);
    return new Scope(databases, mode, objects(json), notBefore, expiresAt,
        addresses(json.path("addresses")), limits(json.path("limits"), kind.limits()),
        allowances(json.path("allowed"), kind), channelBindingRequired,
        json.has("checkpoint_before")
            ? CheckpointBefore.ofWord(json.path("checkpoint_before").asString())
            : CheckpointBefore.NOTHING);
  }

  private static ObjectScope objects(JsonNode json) {
    if (!json.has("schemas") && !json.has("tables")) {
      return new ObjectScope.All();
    }
    Set<String> schemas = new HashSet<>();
    list(json.path("schemas")).forEach(schema -> schemas.add(schema.asString()));
    Set<TableName> tables = new HashSet<>();
    for (JsonNode table : list(json.path("tables"))) {
      if (table.size() != 2) {
        throw new IllegalArgumentException("a table is written as [schema, table]");
      }
      tables.add(new TableName(table.get(0).asString(), table.get(1).asString()));
    }
    return new ObjectScope.Only(schemas, tables);
  }

  private static List<AddressRange> addresses(JsonNode json) {
    if (json.isMissingNode()) {
      return Scope.EVERYWHERE;
    }
    List<AddressRange> ranges = new ArrayList<>();
    list(json).forEach(range -> ranges.add(AddressRange.parse(range.asString())));
    return ranges;
  }

  private static Set<Allowance> allowances(JsonNode json, CredentialKind kind) {
    if (json.isMissingNode()) {
      return kind.allowances();
    }
    Set<Allowance> allowed = EnumSet.noneOf(Allowance.class);
    list(json).forEach(word -> allowed.add(Allowance.ofWord(word.asString())));
    return allowed;
  }

  private static CredentialLimits limits(JsonNode json, CredentialLimits usual) {
    requireKnown(json, LIMITS);
    return new CredentialLimits(
        Math.toIntExact(number(json, "connections", usual.connections())),
        Math.toIntExact(number(json, "connects_per_minute", usual.connectsPerMinute())),
        Math.toIntExact(number(json, "wakes_per_hour", usual.wakesPerHour())),
        time(json, "request_time_ms", usual.requestTime()),
        time(json, "idle_time_ms", usual.idleTime()),
        time(json, "session_time_ms", usual.sessionTime()),
        number(json, "session_bytes_out", usual.sessionBytesOut()),
        number(json, "daily_bytes_out", usual.dailyBytesOut()),
        Math.toIntExact(number(json, "frame_bytes", usual.frameBytes())));
  }

  private static Duration time(JsonNode json, String key, Duration usual) {
    return Duration.ofMillis(number(json, key, usual.toMillis()));
  }

  private static long number(JsonNode json, String key, long usual) {
    JsonNode value = json.path(key);
    if (value.isMissingNode()) {
      return usual;
    }
    if (!value.isIntegralNumber()) {
      throw new IllegalArgumentException(key + " is a whole number");
    }
    return value.asLong();
  }

  private static JsonNode list(JsonNode json) {
    if (!json.isMissingNode() && !json.isArray()) {
      throw new IllegalArgumentException("a list was expected");
    }
    return json;
  }

  private static void requireKnown(JsonNode json, Set<String> keys) {
    for (var entry : json.properties()) {
      if (!keys.contains(entry.getKey())) {
        throw new IllegalArgumentException("unknown key \"" + entry.getKey() + "\" in a scope");
      }
    }
  }
}
