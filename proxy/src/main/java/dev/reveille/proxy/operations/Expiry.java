package dev.reveille.proxy.operations;

import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.Route;
import dev.reveille.proxy.operations.OperationFailure.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Pattern;

/** Until when things live, and how that is said. */
final class Expiry {
  private static final Duration SHORTEST_SUSPEND = Duration.ofSeconds(1);
  private static final Duration LONGEST_SUSPEND = Duration.ofDays(30);
  /** Longer than anyone means, and within what the catalog can keep. */
  private static final Duration LONGEST = Duration.ofDays(36_500);
  private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_]*");

  private Expiry() {
  }

  /** When what {@code who} makes or changes now expires. @throws OperationFailure 22023 */
  static Optional<Instant> at(Requester who, Optional<Ttl> ttl, Duration usual,
      LifetimeRules rules, Instant now) {
    if (ttl.isEmpty()) {
      return who.agent() ? Optional.of(now.plus(usual)) : Optional.empty();
    }
    return switch (ttl.get()) {
      case Ttl.Never never when who.agent() -> throw tooLong("never", rules.longest());
      case Ttl.Never never -> Optional.empty();
      case Ttl.For(Duration time) when who.agent() && time.compareTo(rules.longest()) > 0 ->
        throw tooLong(Units.text(time), rules.longest());
      case Ttl.For(Duration time) when time.compareTo(LONGEST) > 0 ->
        throw tooLong(Units.text(time), LONGEST);
      case Ttl.For(Duration time) -> Optional.of(now.plus(time));
    };
  }

  private static OperationFailure tooLong(String asked, Duration longest) {
    return new OperationFailure(Kind.INVALID, "22023", "\"ttl\" is longer than it may be",
        "It is " + asked + ", and may be " + Units.text(longest) + ".",
        "Ask for less, and again before it expires.");
  }

  /** The settings with another time. @throws OperationFailure 22023 */
  static DatabaseSettings suspendingAfter(Duration time) {
    if (time.compareTo(SHORTEST_SUSPEND) < 0 || time.compareTo(LONGEST_SUSPEND) > 0) {
      throw new OperationFailure(Kind.INVALID, "22023",
          "\"suspend_after\" is outside what it may be", "It is " + Units.text(time)
              + ", and may be 1s to 30d.",
          "Write it as '60 s' or '5 min'.");
    }
    return new DatabaseSettings(time);
  }

  /** What whoever made or changed a database is told. */
  static String notice(String name, Optional<Instant> expiresAt, Instant now) {
    return expiresAt
        .map(at -> "database \"" + name + "\" expires at " + shown(at) + ", in "
            + roughly(Duration.between(now, at)) + "; ALTER DATABASE " + quoted(name)
            + " SET (ttl = '…') changes that")
        .orElse("database \"" + name + "\" never expires");
  }

  static OperationFailure archived(Route route) {
    return new OperationFailure(Kind.INVALID, "55000",
        archivedMessage(route.name(), route.lifetime().expiresAt()), "",
        archivedHint(route.name()));
  }

  /** Says that a database has expired. */
  static String archivedMessage(String name, Optional<Instant> expiresAt) {
    return "database \"" + name + "\" expired"
        + expiresAt.map(at -> " at " + shown(at)).orElse("") + " and is archived";
  }

  /** Says how it comes back. */
  static String archivedHint(String name) {
    return "ALTER DATABASE " + quoted(name) + " SET (ttl = '1 d') on the database \"reveille\""
        + " brings it back.";
  }

  static String shown(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** As an identifier in SQL (PostgreSQL documentation, 4.1.1). */
  static String quoted(String name) {
    return PLAIN.matcher(name).matches() ? name : "\"" + name.replace("\"", "\"\"") + "\"";
  }

  private static String roughly(Duration time) {
    if (time.compareTo(Duration.ofDays(2)) >= 0) {
      return time.plusHours(1).toDays() + " days";
    }
    if (time.compareTo(Duration.ofHours(2)) >= 0) {
      return time.plusMinutes(1).toHours() + " hours";
    }
    return Math.max(1, time.plusSeconds(30).toMinutes()) + " min";
  }
}
