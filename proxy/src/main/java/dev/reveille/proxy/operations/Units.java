package dev.reveille.proxy.operations;

import java.time.Duration;

/** Writes durations and sizes as the configuration and the command line read them. */
final class Units {
  private static final long[] MILLIS = {86_400_000, 3_600_000, 60_000, 1_000, 1};
  private static final String[] TIMES = {"d", "h", "min", "s", "ms"};
  private static final String[] SIZES = {"TB", "GB", "MB", "kB", "B"};

  private Units() {
  }

  /** The largest unit of which it is a whole number: {@code 90min}. */
  static String text(Duration time) {
    long millis = time.toMillis();
    for (int i = 0; i < MILLIS.length; i++) {
      if (millis >= MILLIS[i] && millis % MILLIS[i] == 0) {
        return millis / MILLIS[i] + TIMES[i];
      }
    }
    return "0ms";
  }

  /** The largest unit of which it is a whole number: {@code 10MB}; 1024 to the next. */
  static String bytes(long bytes) {
    for (int i = 0; i < SIZES.length; i++) {
      long unit = 1L << (10 * (SIZES.length - 1 - i));
      if (bytes >= unit && bytes % unit == 0) {
        return bytes / unit + SIZES[i];
      }
    }
    return "0B";
  }
}
