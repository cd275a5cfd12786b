package dev.reveille.proxy.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The options that say what a credential may do. Only collects them: the running process reads their
 * values, so that a mistake is told in one way whoever makes it.
 */
final class ScopeOptions {
  @Option(names = "--database", paramLabel = "NAME", description = "A database; may be repeated.")
  private @Nullable List<String> databases;
  @Option(names = "--all-databases", description = "Every database, those made later included.")
  private boolean allDatabases;
  @Option(names = "--mode", paramLabel = "ro|rw|ddl", description = "Read; write; change the schema (default: ro).")
  private @Nullable String mode;
  @Option(names = "--schema", paramLabel = "NAME", description = "Only this schema's tables; may be repeated.")
  private @Nullable List<String> schemas;
  @Option(names = "--table", paramLabel = "[SCHEMA.]TABLE", description = "Only this table; may be repeated.")
  private @Nullable List<String> tables;
  @Option(names = "--ttl", paramLabel = "TIME", description = "How long it lives: 30min, 8h, 30d (default: 1h for an agent, 90d for an app).")
  private @Nullable String ttl;
  @Option(names = "--expires-at", paramLabel = "WHEN", description = "When it ends, as 2030-01-31T12:00:00Z.")
  private @Nullable String expiresAt;
  @Option(names = "--not-before", paramLabel = "WHEN", description = "When it begins (default: now).")
  private @Nullable String notBefore;
  @Option(names = "--address", paramLabel = "CIDR", description = "Only from there, as 10.0.0.0/8; may be repeated.")
  private @Nullable List<String> addresses;
  @Option(names = "--max-connections", paramLabel = "N", description = "Sessions at one time.")
  private @Nullable String maxConnections;
  @Option(names = "--max-connects-per-minute", paramLabel = "N", description = "Sessions begun in a minute.")
  private @Nullable String maxConnectsPerMinute;
  @Option(names = "--max-wakes-per-hour", paramLabel = "N", description = "Computes started in an hour.")
  private @Nullable String maxWakesPerHour;
  @Option(names = "--request-time", paramLabel = "TIME", description = "Wall clock of one request.")
  private @Nullable String requestTime;
  @Option(names = "--idle-time", paramLabel = "TIME", description = "Time without a request.")
  private @Nullable String idleTime;
  @Option(names = "--session-time", paramLabel = "TIME", description = "Length of one session.")
  private @Nullable String sessionTime;
  @Option(names = "--max-bytes-out", paramLabel = "SIZE", description = "Bytes sent to the client in one session: 10MB.")
  private @Nullable String maxBytesOut;
  @Option(names = "--max-bytes-out-per-day", paramLabel = "SIZE", description = "The same, over all sessions of a day.")
  private @Nullable String maxBytesOutPerDay;
  @Option(names = "--max-frame", paramLabel = "SIZE", description = "The longest message from the client.")
  private @Nullable String maxFrame;
  @Option(names = "--allow", split = ",", paramLabel = "WHAT", description = "Allow as well: copy_in, copy_out, listen, function_call.")
  private @Nullable List<String> allow;
  @Option(names = "--deny", split = ",", paramLabel = "WHAT", description = "Do not allow: the same words.")
  private @Nullable List<String> deny;
  @Option(names = "--require-channel-binding", description = "Only SCRAM-SHA-256-PLUS proves the secret.")
  private boolean requireChannelBinding;
  @Option(names = "--checkpoint-before", paramLabel = "destructive", description = "Checkpoint the database before each DROP, TRUNCATE and the like (docs/undo.md).")
  private @Nullable String checkpointBefore;

  /** What was said, in the form of a control call. */
  ObjectNode request() {
    ObjectNode request = JsonMapper.shared().createObjectNode();
    put(request, "databases", databases);
    put(request, "all_databases", allDatabases);
    put(request, "mode", mode);
    put(request, "schemas", schemas);
    put(request, "tables", tables);
    put(request, "ttl", ttl);
    put(request, "expires_at", expiresAt);
    put(request, "not_before", notBefore);
    put(request, "addresses", addresses);
    put(request, "max_connections", maxConnections);
    put(request, "max_connects_per_minute", maxConnectsPerMinute);
    put(request, "max_wakes_per_hour", maxWakesPerHour);
    put(request, "request_time", requestTime);
    put(request, "idle_time", idleTime);
    put(request, "session_time", sessionTime);
    put(request, "max_bytes_out", maxBytesOut);
    put(request, "max_bytes_out_per_day", maxBytesOutPerDay);
    put(request, "max_frame", maxFrame);
    put(request, "allow", allow);
    put(request, "deny", deny);
    put(request, "require_channel_binding", requireChannelBinding);
    put(request, "checkpoint_before", checkpointBefore);
    return request;
  }

  static void put(ObjectNode request, String key, @Nullable String value) {
    if (value != null) {
      request.put(key, value);
    }
  }

  static void put(ObjectNode request, String key, boolean value) {
    if (value) {
      request.put(key, true);
    }
  }

  private static void put(ObjectNode request, String key, @Nullable List<String> values) {
    if (values != null) {
      ArrayNode array = request.putArray(key);
      values.forEach(array::add);
    }
  }
}
