package dev.reveille.auth;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Slows down the guessing of secrets. Counted by address and name together, so that one address cannot lock a victim
 * out from another, and a name that many people share behind one address does not lock out its neighbours. An IPv6
 * address counts as its /64, which one host has to itself.
 *
 * <p>Algorithm: each pair has a number of failures that falls by one every {@code recovery}; at {@code failures} it is
 * no longer admitted. Memory is bounded by {@code addresses} times {@code namesPerAddress}. Of a full address the name
 * with the fewest failures is forgotten, so that spraying fresh names does not wipe the count of the name under attack;
 * of all addresses the one that failed least recently.
 *
 * <p>Hazard: a hundred connections can be admitted before the first of them fails. Ask {@link #admits} again right
 * before the proof is checked, and report the result before giving the thread away. Safe for any thread; one short lock.
 */
public final class BadSecretLimiter {

  /**
   * How much is forgiven, and how much is remembered.
   *
   * @param failures wrong secrets of one pair before it has to wait; default 10
   * @param recovery how long until one failure is forgiven; default 6 s
   * @param addresses how many addresses are remembered; default 16,384
   * @param namesPerAddress how many names of one address are remembered; default 32
   */
  public record Settings(int failures, Duration recovery, int addresses, int namesPerAddress) {
    public static final Settings DEFAULT = new Settings(10, Duration.ofSeconds(6), 16_384, 32);

    public Settings {
      if (failures < 1 || recovery.isNegative() || recovery.isZero() || addresses < 1
          || namesPerAddress < 1) {
        throw new IllegalArgumentException("every setting of the limiter is at least one");
      }
    }
  }

  private final Settings settings;
  private final LongSupplier nanoTime;
  private final long recoveryNanos;
  /** In order of the last failure. A value maps names to the time at which all is forgiven. */
  private final LinkedHashMap<ClientOrigin, Map<String, Long>> origins = new LinkedHashMap<>(16,
      0.75f,
      false);

  public BadSecretLimiter(Settings settings, LongSupplier nanoTime) {
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.recoveryNanos = settings.recovery().toNanos();
  }

  /** Whether a proof for this name from this address may be looked at now. */
  public synchronized boolean admits(InetAddress address, String name) {
    return waitNanos(address, name) <= 0;
  }

  /** How long until {@link #admits} says yes; zero if it does now. */
  public synchronized Duration retryAfter(InetAddress address, String name) {
    return Duration.ofNanos(Math.max(0, waitNanos(address, name)));
  }

  /** A secret was wrong. Not for failures after proof, nor for clients that left before giving one. */
  public synchronized void failed(InetAddress address, String name) {
    ClientOrigin origin = ClientOrigin.of(address);
    long now = nanoTime.getAsLong();
    // Removed and put back, to stand last in the order.
    Map<String, Long> names = origins.remove(origin);
    if (names == null) {
      names = new HashMap<>();
    }
    names.values().removeIf(forgiven -> forgiven - now <= 0);
    Long known = names.get(name);
    if (known == null && names.size() >= settings.namesPerAddress()) {
      forgetLightest(names, now);
    }
    long from = known == null ? now : known;
    names.put(name,
        Math.min(from - now + recoveryNanos, recoveryNanos * settings.failures()) + now);
    origins.put(origin, names);
    if (origins.size() > settings.addresses()) {
      origins.pollFirstEntry();
    }
  }

  /** A secret was right: what this pair got wrong before is forgotten. */
  public synchronized void succeeded(InetAddress address, String name) {
    ClientOrigin origin = ClientOrigin.of(address);
    Map<String, Long> names = origins.get(origin);
    if (names != null && names.remove(name) != null && names.isEmpty()) {
      origins.remove(origin);
    }
  }

  /** How many pairs are remembered. */
  synchronized int size() {
    return origins.values().stream().mapToInt(Map::size).sum();
  }

  private long waitNanos(InetAddress address, String name) {
    Map<String, Long> names = origins.get(ClientOrigin.of(address));
    @Nullable
    Long forgiven = names == null ? null : names.get(name);
    return forgiven == null
        ? 0
        : forgiven - nanoTime.getAsLong() - recoveryNanos * (settings.failures() - 1);
  }

  private static void forgetLightest(Map<String, Long> names, long now) {
    names.entrySet()
        .stream()
        .min(Comparator.comparingLong(entry -> entry.getValue() - now))
        .ifPresent(entry -> names.remove(entry.getKey()));
  }
}
