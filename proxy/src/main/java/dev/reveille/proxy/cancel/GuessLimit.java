package dev.reveille.proxy.cancel;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Counts wrong cancel keys by address: a bucket of {@value #BURST} that refills by one a second. At that rate the 63
 * random bits of an old key take longer than the universe has. Remembers the {@value #ADDRESSES} addresses that guessed
 * last; a right key costs nothing. Safe for any thread.
 */
final class GuessLimit {
  static final int BURST = 10;
  static final int ADDRESSES = 10_000;
  private static final long NANOS_PER_TOKEN = 1_000_000_000L;

  private final LongSupplier nanoTime;

  /** When the bucket of an address will be full again: now plus one second per token that is missing. */
  private final Map<InetAddress, Long> fullAt = new LinkedHashMap<>(16, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<InetAddress, Long> eldest) {
      return size() > ADDRESSES;
    }
  };

  GuessLimit(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  synchronized boolean admits(InetAddress address) {
    if (fullAt.isEmpty()) {
      return true;
    }
    Long full = fullAt.get(address);
    return full == null || full - nanoTime.getAsLong() <= (BURST - 1) * NANOS_PER_TOKEN;
  }

  synchronized void wrong(InetAddress address) {
    long now = nanoTime.getAsLong();
    Long full = fullAt.get(address);
    long from = full == null || full - now < 0 ? now : full;
    fullAt.put(address, from + NANOS_PER_TOKEN);
  }
}
