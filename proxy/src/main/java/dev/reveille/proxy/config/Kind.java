package dev.reveille.proxy.config;

import dev.reveille.proxy.budget.Prices;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a configured value may look like.
 *
 * @param unit what the text says, for the reference page
 * @param range which values are allowed, for the reference page and for messages
 * @param parser reads the text, or throws {@link IllegalArgumentException} with what is wrong
 */
public record Kind<T>(String unit, String range, Function<String, T> parser) {
  private static final Map<String, Long> NANOS = Map.of("us", 1_000L, "ms", 1_000_000L, "s",
      1_000_000_000L, "min", 60_000_000_000L, "h", 3_600_000_000_000L, "d", 86_400_000_000_000L);
  private static final Map<String, Long> BYTES = Map.of("B", 1L, "kB", 1L << 10, "MB", 1L << 20,
      "GB", 1L << 30, "TB", 1L << 40);

  public static Kind<Integer> integer(String unit, int least, int most) {
    return new Kind<>(unit, least + " to " + most, text -> {
      int value;
      try {
        value = Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("is not a whole number", e);
      }
      return within(value, (long) value, least, most, least + " to " + most);
    });
  }

  public static Kind<Duration> duration(String least, String most) {
    long from = scaled(least, NANOS, "");
    long to = scaled(most, NANOS, "");
    String range = least + " to " + most;
    return new Kind<>("duration (us, ms, s, min, h, d)", range, text -> {
      long nanos = scaled(text, NANOS, "is not a duration such as 500ms, 30s or 5min");
      return within(Duration.ofNanos(nanos), nanos, from, to, range);
    });
  }

  public static Kind<Long> size(String least, String most) {
    long from = scaled(least, BYTES, "");
    long to = scaled(most, BYTES, "");
    String range = least + " to " + most;
    return new Kind<>("size (B, kB, MB, GB, TB; 1024 to the next)", range, text -> {
      long bytes = scaled(text, BYTES, "is not a size such as 64MB");
      return within(bytes, bytes, from, to, range);
    });
  }

  static Kind<Boolean> yesNo() {
    return new Kind<>("true or false", "true, false", text -> switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("is neither true nor false");
    });
  }

  static <E extends Enum<E>> Kind<E> choice(Class<E> type) {
    Map<String, E> names = Arrays.stream(type.getEnumConstants())
        .collect(Collectors.toMap(
            Kind::name, Function.identity(), (a, b) -> a, java.util.LinkedHashMap::new));
    String range = String.join(", ", names.keySet());
    return new Kind<>("one of", range, text -> {
      E value = names.get(text);
      if (value == null) {
        throw new IllegalArgumentException(
            "is not one of " + range + Nearest.to(text, names.keySet())
                .map(near -> "; did you mean \"" + near + "\"?")
                .orElse(""));
      }
      return value;
    });
  }

  /** Money, in millionths. */
  static Kind<Long> money() {
    return new Kind<>("amount", "0 or more, at most 6 decimals", Prices::micros);
  }

  static Kind<String> text(String unit) {
    return new Kind<>(unit, "not empty", text -> {
      if (text.isBlank()) {
        throw new IllegalArgumentException("is empty");
      }
      return text;
    });
  }

  /** A file or directory; a relative one starts at the home. */
  static Kind<Path> path() {
    return new Kind<>("path", "relative ones start at the home", text -> Path.of(text));
  }

  /** Nothing, written as an empty text, or a value of the other kind. */
  static <T> Kind<Optional<T>> optional(Kind<T> kind) {
    return new Kind<>(kind.unit, "nothing, or " + kind.range,
        text -> text.isEmpty() ? Optional.empty() : Optional.of(kind.parser.apply(text)));
  }

  /** Texts between commas, or a YAML list of them. */
  static Kind<List<String>> texts(String unit) {
    return new Kind<>("list of " + unit, "any number", text -> Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(item -> !item.isEmpty())
        .toList());
  }

  /** How a constant is written in the file: {@code TLS_1_2} is {@code tls-1.2}. */
  public static String name(Enum<?> constant) {
    return constant.name()
        .toLowerCase(Locale.ROOT)
        .replaceAll("(?<=[0-9])_(?=[0-9])", ".")
        .replace('_', '-');
  }

  private static <T> T within(T value, long number, long least, long most, String range) {
    if (number < least || number > most) {
      throw new IllegalArgumentException("is outside " + range);
    }
    return value;
  }

  private static long scaled(String text, Map<String, Long> units, String complaint) {
    int digits = 0;
    while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
      digits++;
    }
    Long scale = units.get(text.substring(digits).strip());
    try {
      if (scale != null) {
        return Math.multiplyExact(Long.parseLong(text.substring(0, digits)), scale);
      }
      if (text.equals("0")) {
        return 0;
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException(complaint, e);
    }
    throw new IllegalArgumentException(complaint);
  }
}
