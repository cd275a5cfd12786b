package dev.reveille.cell;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Something that happened, kept in the catalog for people to read. Never holds SQL or secrets.
 *
 * @param kind what happened, in {@code a-z _}, for example {@code database_created}
 * @param details short facts by name
 */
public record Event(
    Instant at,
    String kind,
    Optional<AccountId> account,
    Optional<DatabaseId> database,
    Optional<CredentialId> credential,
    Map<String, String> details) {
  private static final Pattern KIND = Pattern.compile("[a-z_]{1,63}");

  public Event {
    if (!KIND.matcher(kind).matches()) {
      throw new IllegalArgumentException("an event's kind is 1 to 63 of a-z and '_'");
    }
    details = Map.copyOf(details);
  }
}
