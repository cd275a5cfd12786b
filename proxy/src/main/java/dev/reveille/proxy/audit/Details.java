package dev.reveille.proxy.audit;

import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** The facts of an event by name, in the order in which they are shown. Units are in the names. */
final class Details {
  /** Whatever looks like a secret of ours is not repeated, wherever a client has put it. */
  private static final Pattern SECRET = Pattern.compile("wk_[0-9A-Za-z]{8,}");
  private static final int LONGEST_NAME = 128;

  private final Map<String, Object> facts = new LinkedHashMap<>();

  private Details() {
  }

  /** All that {@code event} says beyond its subject. */
  static Map<String, Object> of(AuditEvent event) {
    Details of = new Details();
    switch (event) {
      case AuditEvent.ConnectionRefused e -> of.text("layer", e.layer().label())
          .text("sqlstate", e.sqlState())
          .text("reason", e.reason())
          .address(e.client())
          .name("claimed", e.claimed())
          .count(e.count());
      case AuditEvent.SessionStarted e -> of.address(Optional.of(e.client()))
          .text("tls", e.tls().orElse("none"))
          .text("proof", e.proof())
          .number("process_id", e.processId())
          .put("cold", e.cold())
          .micros("auth_us", e.auth())
          .micros("wake_us", e.wake())
          .micros("total_us", e.total());
      case AuditEvent.SessionEnded e -> of.address(Optional.of(e.client()))
          .text("reason", e.reason())
          .put("served", e.served())
          .put("bytes_from_client", e.bytesFromClient())
          .put("bytes_from_compute", e.bytesFromCompute())
          .put("requests", e.requests())
          .put("length_ms", e.length().toMillis());
      case AuditEvent.Request e -> of.text("request", e.request())
          .text("sha256", e.sha256().orElse(""))
          .put("bytes", e.bytes())
          .text("text", redacted(e.text().orElse("")));
      case AuditEvent.BudgetExceeded e -> of.text("budget", e.budget())
          .text("limit", e.limit())
          .address(e.client())
          .count(e.count());
      case AuditEvent.Cancel e -> of.text("outcome", e.outcome())
          .address(e.client())
          .number("process_id", e.processId())
          .count(e.count());
      case AuditEvent.CredentialCreated e -> of.text("credential_kind", e.credentialKind().word())
          .text("mode", e.mode().word())
          .text("expires_at", e.expiresAt().toString())
          .text("parent", e.parent().orElse(""))
          .text("by", e.by());
      case AuditEvent.CredentialNarrowed e -> of.text("mode", e.mode().word())
          .text("expires_at", e.expiresAt().toString())
          .text("by", e.by());
      case AuditEvent.CredentialRotated e -> of.put("live", e.live()).text("by", e.by());
      case AuditEvent.CredentialRevoked e -> of.text("by", e.by());
      case AuditEvent.CredentialExpired e -> of.text("expired_at", e.expiredAt().toString());
      case AuditEvent.RoleChanged e -> of.text("change",
          e.change().name().toLowerCase(Locale.ROOT));
      case AuditEvent.DatabaseCreated e -> of.text("by", e.by());
      case AuditEvent.DatabaseDropped e -> of.text("by", e.by());
      case AuditEvent.DatabaseChanged e -> {
        e.facts().forEach((name, value) -> of.text(name, named(value)));
        of.text("by", e.by());
      }
    }
    return of.facts;
  }

  /** A name that a client has given: bounded, and never a secret that got into the wrong place. */
  static String named(String given) {
    String safe = redacted(given);
    return safe.length() > LONGEST_NAME ? safe.substring(0, LONGEST_NAME) + "…" : safe;
  }

  private static String redacted(String text) {
    return text.contains("wk_") ? SECRET.matcher(text).replaceAll("wk_…") : text;
  }

  private Details put(String name, Object value) {
    facts.put(name, value);
    return this;
  }

  /** What is not known is left out. */
  private Details text(String name, String value) {
    return value.isEmpty() ? this : put(name, value);
  }

  private Details name(String name, Optional<String> given) {
    return given.map(value -> text(name, named(value))).orElse(this);
  }

  private Details address(Optional<InetAddress> client) {
    return client.map(value -> put("client", value.getHostAddress())).orElse(this);
  }

  private Details number(String name, OptionalInt value) {
    return value.isPresent() ? put(name, value.getAsInt()) : this;
  }

  private Details micros(String name, Duration value) {
    return put(name, value.toNanos() / 1000);
  }

  /** One is not worth saying. */
  private Details count(long count) {
    return count == 1 ? this : put("count", count);
  }
}
