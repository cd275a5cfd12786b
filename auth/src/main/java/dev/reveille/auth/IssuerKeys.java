package dev.reveille.auth;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of one issuer. They are read again when they are older than {@link #FRESH}, and when
 * a token names one that is not among them, but never twice within {@link #PAUSE}: strangers choose
 * what their tokens name. When they cannot be read, those known serve until {@link #STALE}.
 *
 * <p>Safe from any thread. A key that is known is found without waiting for others; else one thread
 * reads and the others wait for it, so callers must be allowed to block.
 */
final class IssuerKeys {
  /** A key that the issuer has taken back is refused after this, as long as the issuer answers. */
  static final Duration FRESH = Duration.ofMinutes(5);
  /** Longest that keys serve while the issuer cannot be asked. */
  static final Duration STALE = Duration.ofHours(1);
  /** Shortest time between two readings. */
  static final Duration PAUSE = Duration.ofSeconds(10);
  private static final int MAX_KEYS = 100;

  private final KeySource source;
  private final LongSupplier nanoTime;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile @Nullable Known known;
  private @Nullable Long lastTried;

  private record Known(JWKSet keys, long readAt) {}

  IssuerKeys(KeySource source, LongSupplier nanoTime) {
    this.source = source;
    this.nanoTime = nanoTime;
  }

  /**
   * The keys that may have signed a token with this header: none if the issuer has no such key, empty
   * if it is not known what keys it has.
   */
  Optional<List<JWK>> fitting(JWSHeader header) {
    var now = known;
    if (now != null && age(now.readAt) < FRESH.toNanos()) {
      var found = select(now, header);
      if (!found.isEmpty()) {
        return Optional.of(found);
      }
    }
    return readAgain(now).map(latest -> select(latest, header));
  }

  private Optional<Known> readAgain(@Nullable Known before) {
    reading.lock();
    try {
      var latest = known;
      var tried = lastTried;
      // Somebody else has read them while this thread waited, or a moment ago.
      if (same(latest, before) && (tried == null || age(tried) >= PAUSE.toNanos())) {
        lastTried = nanoTime.getAsLong();
        read();
      }
      return Optional.ofNullable(known)
          .filter(keys -> age(keys.readAt) < STALE.toNanos());
    } finally {
      reading.unlock();
    }
  }

  private static boolean same(@Nullable Known one, @Nullable Known other) {
    if (one == null || other == null) {
      return one == null && other == null;
    }
    return one.readAt == other.readAt;
  }

  private void read() {
    try {
      var keys = JWKSet.parse(source.read());
      if (keys.size() <= MAX_KEYS) {
        known = new Known(keys, nanoTime.getAsLong());
      }
    } catch (IOException | ParseException e) {
      // What is known goes on to serve; its age says for how long.
    }
  }

  private static List<JWK> select(Known from, JWSHeader header) {
    var matcher = JWKMatcher.forJWSHeader(header);
    return matcher == null ? List.of() : new JWKSelector(matcher).select(from.keys);
  }

  private long age(long since) {
    return nanoTime.getAsLong() - since;
  }
}
