package dev.reveille.proxy.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One value that can be configured, as declared in {@link Options}.
 *
 * @param path where it stands in the file: {@code wake.deadline}; {@code cells[].id} in a list
 * @param kind what it may look like
 * @param defaultText the default as one would write it, or null where a list item must have it
 * @param about what it does, in a sentence
 */
public record Option<T>(String path, Kind<T> kind, @Nullable String defaultText, String about) {
  private static final Pattern INDEX = Pattern.compile("\\[]");

  /** Reads a value of this option, or throws {@link IllegalArgumentException} with what is wrong. */
  T parse(String text) {
    return kind.parser().apply(text);
  }

  /** The path with the given positions in its lists: {@code cells[0].id}. */
  String at(int... indexes) {
    String place = path;
    for (int index : indexes) {
      place = INDEX.matcher(place).replaceFirst("[" + index + "]");
    }
    return place;
  }

  /** The environment variable that overrides it; {@code N} stands for a position in a list. */
  String variable() {
    return "REVEILLE_" + INDEX.matcher(path)
        .replaceAll("_N")
        .replaceAll("[.-]", "_")
        .toUpperCase(Locale.ROOT);
  }

  /** Matches the override's name; the groups are the positions. */
  Pattern variablePattern() {
    return Pattern.compile(variable().replace("_N_", "_(\\d+)_"));
  }

  List<String> segments() {
    return List.of(path.split("\\.", -1));
  }
}
