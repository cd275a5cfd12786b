package dev.reveille.proxy.operations;

import dev.reveille.proxy.operations.OperationFailure.Kind;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads durations as people write them in SQL: a number and a unit, several of them, or ISO 8601. */
public final class Durations {
  private static final Pattern PART = Pattern.compile("\\s*(\\d{1,9})\\s*([a-z]+)\\s*,?");
  private static final long DAY = 86_400_000;
  private static final Map<String, Long> UNITS = Map.ofEntries(Map.entry("ms", 1L),
      Map.entry("s", 1_000L), Map.entry("sec", 1_000L), Map.entry("secs", 1_000L),
      Map.entry("second", 1_000L), Map.entry("seconds", 1_000L), Map.entry("m", 60_000L),
      Map.entry("min", 60_000L), Map.entry("mins", 60_000L), Map.entry("minute", 60_000L),
      Map.entry("minutes", 60_000L), Map.entry("h", 3_600_000L), Map.entry("hour", 3_600_000L),
      Map.entry("hours", 3_600_000L), Map.entry("d", DAY), Map.entry("day", DAY),
      Map.entry("days", DAY), Map.entry("week", 7 * DAY), Map.entry("weeks", 7 * DAY));

  private Durations() {
  }

  /** A positive duration, or nothing when that is not one. */
  static Optional<Duration> parse(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    try {
      Optional<Duration> read = lower.startsWith("p")
          ? Optional.of(Duration.parse(lower))
          : parts(lower);
      return read.filter(Duration::isPositive);
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  /**
   * A positive duration.
   *
   * @throws OperationFailure 22023, naming the setting
   */
  public static Duration require(String setting, String text) {
    return parse(text).orElseThrow(() -> new OperationFailure(Kind.INVALID, "22023",
        "invalid value for \"" + setting + "\": \"" + text + "\"", "",
        "Write it as '60 s', '90 min', '2 h', '7 d' or 'PT2H'."));
  }

  private static Optional<Duration> parts(String text) {
    Matcher part = PART.matcher(text);
    Duration sum = Duration.ZERO;
    int end = 0;
    while (end < text.length()) {
      if (!part.find(end) || part.start() != end) {
        return Optional.empty();
      }
      Long unit = UNITS.get(part.group(2));
      if (unit == null) {
        return Optional.empty();
      }
      sum = sum.plusMillis(Math.multiplyExact(Long.parseLong(part.group(1)), unit));
      end = part.end();
    }
    return Optional.of(sum);
  }
}
