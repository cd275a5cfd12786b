package dev.reveille.proxy.api;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** How values are written in the API. */
final class Texts {
  private static final long[] MILLIS = {86_400_000, 3_600_000, 60_000, 1_000};
  private static final String[] UNITS = {"d", "h", "min", "s"};

  private Texts() {
  }

  /** In the largest unit of which it is a whole number. */
  static String of(Duration time) {
    long millis = time.toMillis();
    for (int i = 0; i < MILLIS.length; i++) {
      if (millis % MILLIS[i] == 0) {
        return millis / MILLIS[i] + UNITS[i];
      }
    }
    return millis + "ms";
  }

  static String inUrl(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
