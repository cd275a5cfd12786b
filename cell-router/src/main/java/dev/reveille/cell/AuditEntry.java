package dev.reveille.cell;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Something that happened, kept for people to read. Never holds a secret, a verifier or a parameter
 * of a statement. Names are kept beside ids because entries outlive what they tell of.
 *
 * @param number counts an instance's entries from 1, so that a gap is seen; empty for an entry that
 *     the catalog made itself
 * @param kind what happened, in {@code a-z _}, for example {@code session_started}
 * @param database the name
 * @param credential the name
 * @param session number of a session within the instance
 * @param instance which proxy, as a random word for the life of its process
 * @param details short facts by name: texts, whole numbers, true or false
 */
public record AuditEntry(Instant at, OptionalLong number, String kind, Optional<AccountId> account,
    Optional<DatabaseId> databaseId, Optional<String> database, Optional<String> credential,
    OptionalLong session, String instance, Map<String, Object> details) {
  private static final Pattern KIND = Pattern.compile("[a-z_]{1,63}");

  public AuditEntry {
    if (!KIND.matcher(kind).matches()) {
      throw new IllegalArgumentException("an entry's kind is 1 to 63 of a-z and '_'");
    }
    details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
  }
}
