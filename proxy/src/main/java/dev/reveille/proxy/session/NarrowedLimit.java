package dev.reveille.proxy.session;

import dev.reveille.cell.CredentialLimits;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A limit that a client may narrow for its own session, by a startup parameter {@code reveille.…}.
 * Values are a number and a unit, spelled as Postgres spells units of its own settings.
 */
enum NarrowedLimit {
  REQUEST_TIME(true), IDLE_TIME(true), SESSION_TIME(true), BYTES_OUT(false), FRAME_BYTES(false);

  private static final Pattern VALUE = Pattern
      .compile("([1-9][0-9]{0,17})(ms|s|min|h|d|B|kB|MB|GB|TB)");

  private static final Map<String, Long> MILLIS = Map.of("ms", 1L, "s", 1_000L, "min", 60_000L, "h",
      3_600_000L, "d", 86_400_000L);
  private static final Map<String, Long> BYTES = Map.of("B", 1L, "kB", 1L << 10, "MB", 1L << 20,
      "GB", 1L << 30, "TB", 1L << 40);

  private final boolean time;

  NarrowedLimit(boolean time) {
    this.time = time;
  }

  String key() {
    return "reveille." + name().toLowerCase(Locale.ROOT);
  }

  static Optional<NarrowedLimit> named(String key) {
    return Arrays.stream(values()).filter(limit -> limit.key().equals(key)).findFirst();
  }

  /** What a value may look like. */
  String form() {
    return time
        ? "a number with one of the units ms, s, min, h, d"
        : "a number with one of the units B, kB, MB, GB, TB";
  }

  /** What {@code limits} has here, as it would be written. */
  String of(CredentialLimits limits) {
    return switch (this) {
      case REQUEST_TIME -> limits.requestTime().toMillis() + "ms";
      case IDLE_TIME -> limits.idleTime().toMillis() + "ms";
      case SESSION_TIME -> limits.sessionTime().toMillis() + "ms";
      case BYTES_OUT -> limits.sessionBytesOut() + "B";
      case FRAME_BYTES -> limits.frameBytes() + "B";
    };
  }

  /** The limits with this one as written; empty if that cannot be read. */
  Optional<CredentialLimits> read(String value, CredentialLimits limits) {
    Matcher written = VALUE.matcher(value);
    if (!written.matches()) {
      return Optional.empty();
    }
    Long unit = (time ? MILLIS : BYTES).get(written.group(2));
    long number = Long.parseLong(written.group(1));
    if (unit == null || number > Long.MAX_VALUE / unit) {
      return Optional.empty();
    }
    return Optional.of(with(number * unit, limits));
  }

  private CredentialLimits with(long value, CredentialLimits limits) {
    Duration millis = Duration.ofMillis(value);
    return new CredentialLimits(limits.connections(), limits.connectsPerMinute(),
        limits.wakesPerHour(), this == REQUEST_TIME ? millis : limits.requestTime(),
        this == IDLE_TIME ? millis : limits.idleTime(),
        this == SESSION_TIME ? millis : limits.sessionTime(),
        this == BYTES_OUT ? value : limits.sessionBytesOut(), limits.dailyBytesOut(),
        this == FRAME_BYTES ? (int) Math.min(value, Integer.MAX_VALUE) : limits.frameBytes());
  }
}
