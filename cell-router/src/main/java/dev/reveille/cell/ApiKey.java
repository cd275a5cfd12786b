package dev.reveille.cell;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A key of the HTTP API, as the catalog has it. Immutable.
 *
 * @param name unique within the account, of revoked ones as well: the audit knows keys by it
 * @param hash SHA-256 of the key's text, in hex; the text itself is nowhere
 */
public record ApiKey(ApiKeyId id, AccountId account, String name, String hash,
    Set<ApiScope> scopes, Instant createdAt, Instant expiresAt, Optional<Instant> revokedAt,
    Optional<Instant> lastUsedAt) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  public ApiKey {
    if (!validName(name)) {
      throw new IllegalArgumentException(
          "a key's name is 1 to 63 of a-z, 0-9, '_' and '-', and begins with a letter or digit");
    }
    if (!HASH.matcher(hash).matches()) {
      throw new IllegalArgumentException("a key's hash is SHA-256 in hex");
    }
    scopes = Set.copyOf(scopes);
  }

  /** Whether a key may be called so. */
  public static boolean validName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Whether it opens anything at {@code now}. */
  public boolean live(Instant now) {
    return revokedAt.isEmpty() && now.isBefore(expiresAt);
  }
}
