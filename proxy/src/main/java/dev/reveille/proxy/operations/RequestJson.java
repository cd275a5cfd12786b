package dev.reveille.proxy.operations;

import dev.reveille.cell.AddressRange;
import dev.reveille.cell.Allowance;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CheckpointBefore;
import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.Mode;
import dev.reveille.cell.TableName;
import dev.reveille.proxy.config.Kind;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the JSON form of a request, strictly: a key that is not known, one that is there twice, or a
 * value that cannot be understood is an {@link OperationFailure}, since it might have been a limit.
 * Values are written as on the command line: {@code "ttl": "1h"}, {@code "max_bytes_out": "10MB"}.
 */
public final class RequestJson {
  private static final JsonMapper JSON = JsonMapper.builder()
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .build();
  private static final Kind<Duration> TTL = Kind.duration("1s", "90d");

  private final JsonNode json;
  private final Set<String> known = new TreeSet<>();

  private RequestJson(String text) {
    try {
      this.json = JSON.readTree(text.isBlank() ? "{}" : text);
    } catch (JacksonException e) {
      throw invalid("the request is not JSON, or has a key twice");
    }
    if (!json.isObject()) {
      throw invalid("the request is not a JSON object");
    }
  }

  /** A new credential, or one narrowed from another. */
  public static CredentialRequest credential(String text) {
    RequestJson reader = new RequestJson(text);
    CredentialRequest request = new CredentialRequest(reader.one("name", name -> name),
        reader.one("for", CredentialKind::ofWord), !reader.flag("no_secret").orElse(false),
        reader.scope());
    reader.requireKnown();
    return request;
  }

  /** A narrower scope for a credential that is there. */
  public static ScopeRequest scope(String text) {
    RequestJson reader = new RequestJson(text);
    ScopeRequest request = reader.scope();
    reader.requireKnown();
    return request;
  }

  /** A rotation: whether the old secret ends at once. */
  public static boolean dropOld(String text) {
    RequestJson reader = new RequestJson(text);
    boolean dropOld = reader.flag("drop_old").orElse(false);
    reader.requireKnown();
    return dropOld;
  }

  /** What is to be different about an account. */
  public static AccountChange account(String text) {
    RequestJson reader = new RequestJson(text);
    Map<String, String> limits = new LinkedHashMap<>();
    reader.known.add("limits");
    reader.json.path("limits")
        .properties()
        .forEach(limit -> limits.put(limit.getKey(),
            parsed(limit.getKey(), limit.getValue(), value -> value)));
    AccountChange change = new AccountChange(reader.one("plan", plan -> plan),
        reader.one("spend_cap", amount -> amount), limits);
    reader.requireKnown();
    return change;
  }

  /** A new database: {@code from}, {@code ttl} and {@code suspend_after}, each may be left out. */
  public static CreateDatabase database(String name, String text) {
    RequestJson reader = new RequestJson(text);
    CreateDatabase request = new CreateDatabase(name, reader.one("from", Source::parse),
        reader.one("ttl", Ttl::parse),
        reader.one("suspend_after", value -> Durations.require("suspend_after", value)));
    reader.requireKnown();
    return request;
  }

  /** The one text that a request consists of. */
  public static String text(String key, String text) {
    return optionalText(key, text)
        .orElseThrow(() -> invalid("the request has no \"" + key + "\""));
  }

  /** The one text that a request may have. */
  public static Optional<String> optionalText(String key, String text) {
    RequestJson reader = new RequestJson(text);
    Optional<String> value = reader.one(key, given -> given);
    reader.requireKnown();
    return value;
  }

  /** Any number of texts by their keys; whether they are known is for whoever reads them. */
  public static Map<String, String> texts(String text) {
    RequestJson reader = new RequestJson(text);
    Map<String, String> texts = new LinkedHashMap<>();
    reader.json.properties()
        .forEach(one -> reader.one(one.getKey(), value -> value)
            .ifPresent(value -> texts.put(one.getKey(), value)));
    return texts;
  }

  private ScopeRequest scope() {
    Map<CredentialLimit, Object> limits = new EnumMap<>(CredentialLimit.class);
    for (CredentialLimit limit : CredentialLimit.values()) {
      one(limit.key(), limit::parse).ifPresent(value -> limits.put(limit, value));
    }
    return new ScopeRequest(flag("all_databases").orElse(false), list("databases", name -> name),
        one("mode", Mode::ofWord), new HashSet<>(list("schemas", schema -> schema)),
        new HashSet<>(list("tables", TableName::parse)), one("ttl", TTL.parser()),
        one("expires_at", RequestJson::instant), one("not_before", RequestJson::instant),
        list("addresses", AddressRange::parse), limits,
        new HashSet<>(list("allow", Allowance::ofWord)),
        new HashSet<>(list("deny", Allowance::ofWord)), flag("require_channel_binding"),
        one("checkpoint_before", CheckpointBefore::ofWord));
  }

  private static Instant instant(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MICROS);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("is not a time such as 2030-01-31T12:00:00Z", e);
    }
  }

  private <T> Optional<T> one(String key, Function<String, T> parser) {
    known.add(key);
    return json.has(key) ? Optional.of(parsed(key, json.path(key), parser)) : Optional.empty();
  }

  private <T> List<T> list(String key, Function<String, T> parser) {
    known.add(key);
    JsonNode values = json.path(key);
    if (values.isMissingNode()) {
      return List.of();
    }
    if (!values.isArray() || values.isEmpty()) {
      throw invalid("\"" + key + "\" is a list of at least one");
    }
    List<T> list = new ArrayList<>();
    values.forEach(value -> list.add(parsed(key, value, parser)));
    return list;
  }

  private Optional<Boolean> flag(String key) {
    known.add(key);
    JsonNode value = json.path(key);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isBoolean()) {
      throw invalid("\"" + key + "\" is true or false");
    }
    return Optional.of(value.asBoolean());
  }

  private static <T> T parsed(String key, JsonNode value, Function<String, T> parser) {
    if (!value.isString() && !value.isIntegralNumber()) {
      throw invalid("\"" + key + "\" is a text");
    }
    try {
      return parser.apply(value.asString());
    } catch (IllegalArgumentException | CatalogException e) {
      throw invalid("\"" + key + "\" cannot be \"" + value.asString() + "\": " + e.getMessage());
    }
  }

  private void requireKnown() {
    for (var entry : json.properties()) {
      if (!known.contains(entry.getKey())) {
        throw new OperationFailure(OperationFailure.Kind.INVALID,
            "there is no \"" + entry.getKey() + "\"", "Known are: " + String.join(", ", known));
      }
    }
  }

  private static OperationFailure invalid(String message) {
    return new OperationFailure(OperationFailure.Kind.INVALID, message, "");
  }
}
