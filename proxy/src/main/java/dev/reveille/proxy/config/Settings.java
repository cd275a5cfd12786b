package dev.reveille.proxy.config;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Typed access to what was written, with the declared defaults. Collects what cannot be read. */
final class Settings {
  private final Map<String, Written> written;
  private final List<String> problems;

  Settings(Map<String, Written> written, List<String> problems) {
    this.written = written;
    this.problems = problems;
  }

  /**
   * The value of an option, at the given positions if it stands in lists. What cannot be read is
   * reported, and something harmless returned: nothing is used once there are problems.
   */
  <T> T get(Option<T> option, int... indexes) {
    String path = option.at(indexes);
    String defaultText = Objects.requireNonNullElse(option.defaultText(), "missing");
    @Nullable
    Written value = written.get(path);
    if (value == null) {
      if (option.defaultText() == null) {
        problems.add(path + " must be given: " + option.about());
      }
      return option.parse(defaultText);
    }
    try {
      return option.parse(value.text());
    } catch (IllegalArgumentException e) {
      problems.add(value.place() + ": " + path + " = \"" + value.text() + "\" " + e.getMessage()
          + " (" + option.kind().unit() + ": " + option.kind().range() + ")");
      return option.parse(defaultText);
    }
  }

  /** How many items a list has: one more than the highest position written. */
  int count(String list, int... indexes) {
    String prefix = list;
    for (int index : indexes) {
      prefix = prefix.replaceFirst("\\[]", "[" + index + "]");
    }
    Pattern item = Pattern.compile(Pattern.quote(prefix) + "\\[(\\d+)]\\..*");
    return written.keySet()
        .stream()
        .map(item::matcher)
        .filter(Matcher::matches)
        .mapToInt(matcher -> Integer.parseInt(matcher.group(1)) + 1)
        .max()
        .orElse(0);
  }
}
