package dev.reveille.wire;

import dev.reveille.wire.InitialPacket.StartupMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The {@code options} startup parameter, read as Postgres reads it: split by pg_split_opts
 * (utils/init/postinit.c), then by getopt and ParseLongOption (utils/misc/guc.c). Understood are
 * {@code -c name=value}, {@code -cname=value} and {@code --name=value}, and the switches {@code -O}
 * and {@code -P} as the settings they stand for; the other one-letter switches of the postgres
 * program are refused.
 */
public final class StartupOptions {

  /** Startup parameters that are not settings (ProcessStartupPacket in backend_startup.c). */
  private static final List<String> NOT_SETTINGS = List.of("user", "database", "options",
      "replication");

  /** Switches without an argument (process_postgres_switches in tcop/postgres.c). */
  private static final Map<String, String> SWITCHES = Map.of("-O", "allow_system_table_mods",
      "-P", "ignore_system_indexes");

  /**
   * One setting: {@code -} in its name has become {@code _}; the spelling is otherwise kept.
   * Postgres compares names of settings without regard to case.
   */
  public record Setting(String name, String value) {}

  private StartupOptions() {
  }

  /**
   * The settings in the order in which Postgres applies them; a later one of the same name wins.
   *
   * @throws MalformedMessageException 42601 where Postgres refuses too, 0A000 for other switches
   */
  public static List<Setting> parse(String options) {
    List<String> words = split(options);
    List<Setting> settings = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--") && i == words.size() - 1) {
        break;
      }
      if (word.startsWith("--") && word.length() > 2) {
        settings.add(setting(word.substring(2)));
      } else if (word.equals("-c") && i + 1 < words.size()) {
        settings.add(setting(words.get(++i)));
      } else if (word.startsWith("-c") && word.length() > 2) {
        settings.add(setting(word.substring(2)));
      } else if (SWITCHES.containsKey(word)) {
        settings.add(new Setting(SWITCHES.getOrDefault(word, ""), "true"));
      } else {
        throw refused(word, i);
      }
    }
    return List.copyOf(settings);
  }

  private static MalformedMessageException refused(String word, int index) {
    if (word.length() > 1 && word.charAt(0) == '-' && word.charAt(1) != 'c'
        && word.charAt(1) != '-') {
      return new MalformedMessageException(SqlStates.FEATURE_NOT_SUPPORTED,
          "unsupported switch in startup options, argument " + (index + 1)
              + ": only -c name=value and --name=value are accepted");
    }
    return new MalformedMessageException(SqlStates.SYNTAX_ERROR,
        "invalid argument " + (index + 1) + " in startup options: expected -c name=value");
  }

  private static Setting setting(String text) {
    int equals = text.indexOf('=');
    if (equals < 0) {
      throw new MalformedMessageException(SqlStates.SYNTAX_ERROR,
          "a setting in startup options requires a value");
    }
    if (equals == 0) {
      throw new MalformedMessageException(SqlStates.SYNTAX_ERROR,
          "a setting in startup options requires a name");
    }
    return new Setting(text.substring(0, equals).replace('-', '_'), text.substring(equals + 1));
  }

  /** Words between white space; a backslash takes the next character literally. */
  static List<String> split(String options) {
    List<String> words = new ArrayList<>();
    int i = 0;
    while (true) {
      while (i < options.length() && isSpace(options.charAt(i))) {
        i++;
      }
      if (i == options.length()) {
        return words;
      }
      StringBuilder word = new StringBuilder();
      boolean escaped = false;
      while (i < options.length() && (escaped || !isSpace(options.charAt(i)))) {
        char c = options.charAt(i++);
        escaped = !escaped && c == '\\';
        if (!escaped) {
          word.append(c);
        }
      }
      words.add(word.toString());
    }
  }

  /** isspace of C: space, and tab to carriage return. */
  private static boolean isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  static Map<String, String> settingsOf(StartupMessage startup) {
    Map<String, Setting> byFoldedName = new LinkedHashMap<>();
    startup.parameter("options")
        .ifPresent(
            options -> parse(options)
                .forEach(s -> byFoldedName.put(CStrings.foldAscii(s.name()), s)));
    startup.parameters().forEach((name, value) -> {
      if (!NOT_SETTINGS.contains(name) && !name.startsWith(StartupMessage.EXTENSION_PREFIX)) {
        byFoldedName.put(CStrings.foldAscii(name), new Setting(name, value));
      }
    });
    Map<String, String> settings = new LinkedHashMap<>();
    byFoldedName.values().forEach(s -> settings.put(s.name(), s.value()));
    return Collections.unmodifiableMap(settings);
  }
}
