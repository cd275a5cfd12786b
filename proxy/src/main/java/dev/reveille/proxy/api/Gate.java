package dev.reveille.proxy.api;

import dev.reveille.auth.ApiKeySecret;
import dev.reveille.auth.BadSecretLimiter;
import dev.reveille.cell.ApiKey;
import dev.reveille.cell.ApiKeyTable;
import dev.reveille.cell.CatalogException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Lets in whoever brings a live key. Asks the catalog each time, so that a revoked key opens nothing
 * from then on. An address that brings bad keys has to wait, except for keys that were good a while
 * ago: nobody locks out a neighbour. Any thread; blocks for the catalog.
 */
public final class Gate {
  private static final String SCHEME = "bearer ";
  private static final String NAME = "api key";
  private static final int REMEMBERED = 4096;
  private static final Duration NOTED = Duration.ofMinutes(1);

  private final ApiKeyTable keys;
  private final BadSecretLimiter limiter;
  private final InstantSource clock;
  /** Hashes of keys that were good, and when their use was last noted. */
  private final Map<String, Instant> good = Collections
      .synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > REMEMBERED;
        }
      });

  public Gate(ApiKeyTable keys, BadSecretLimiter limiter, InstantSource clock) {
    this.keys = keys;
    this.limiter = limiter;
    this.clock = clock;
  }

  /**
   * Proves a caller.
   *
   * @param authorization the header, if there was one
   * @throws ProblemException 401, 429 for an address that has to wait, 503 without a catalog
   */
  public Caller admit(Optional<String> authorization, InetAddress client) {
    String text = authorization.filter(given -> given.regionMatches(true, 0, SCHEME, 0,
        SCHEME.length()))
        .map(given -> given.substring(SCHEME.length()).strip())
        .orElseThrow(() -> refused("a key is needed", "",
            "Send \"Authorization: Bearer rk_…\"; make a key with: reveille key create NAME"));
    Optional<ApiKeySecret> brought = ApiKeySecret.parse(text);
    boolean known = brought.map(secret -> good.containsKey(secret.hash())).orElse(false);
    Duration wait = limiter.retryAfter(client, NAME);
    if (!known && wait.isPositive()) {
      throw ProblemException
          .of(429, "Too Many Requests", "this address has brought too many bad keys", "53400",
              "Wait before trying another key.")
          .retryAfter(wait);
    }
    ApiKeySecret secret = brought.orElseThrow(() -> bad(client, text.startsWith("wk_")
        ? "this is the secret of a credential, which opens databases and not the API"
        : "this is no API key"));
    ApiKey key = find(secret).orElseThrow(() -> bad(client, "the key is not known"));
    Instant now = clock.instant();
    if (!key.live(now)) {
      throw bad(client,
          key.revokedAt().isPresent() ? "the key is revoked" : "the key has expired");
    }
    note(key, now);
    return Caller.of(key, secret);
  }

  /** The catalog looks for a hash, whose closeness tells nothing; the comparison is ours. */
  private Optional<ApiKey> find(ApiKeySecret secret) {
    try {
      return keys.find(secret.hash()).filter(found -> secret.hasHash(found.hash()));
    } catch (CatalogException e) {
      throw ProblemException.of(e);
    }
  }

  private void note(ApiKey key, Instant now) {
    Instant before = good.get(key.hash());
    if (before == null || before.plus(NOTED).isBefore(now)) {
      good.put(key.hash(), now);
      try {
        keys.noteUse(key.id(), now);
      } catch (CatalogException e) {
        good.remove(key.hash());
      }
    }
  }

  private ProblemException bad(InetAddress client, String detail) {
    limiter.failed(client, NAME);
    return refused(detail, " error=\"invalid_token\"",
        "Make a key with: reveille key create NAME");
  }

  private static ProblemException refused(String detail, String error, String hint) {
    return ProblemException.of(401, "Unauthorized", detail, "28000", hint)
        .with("WWW-Authenticate", "Bearer" + error);
  }
}
