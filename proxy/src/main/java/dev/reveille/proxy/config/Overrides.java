package dev.reveille.proxy.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;

/** Environment variables that override the file: {@code REVEILLE_WAKE_DEADLINE=10s}. */
final class Overrides {
  /** Variables of ours that are no options: read by the launcher and the command line. */
  static final Set<String> RESERVED = Set.of("REVEILLE_HOME", "REVEILLE_JAVA_HOME",
      "REVEILLE_JAVA_OPTS", "REVEILLE_LAUNCHER", "REVEILLE_CHECKOUT", "REVEILLE_CONFIG",
      "REVEILLE_SKIP_BUILD",
      "REVEILLE_HEAP");

  private Overrides() {
  }

  /** Adds what the environment says to {@code values}; a variable nobody knows is a problem. */
  static void apply(Map<String, String> environment, Map<String, Written> values,
      List<String> problems) {
    for (Map.Entry<String, String> entry : new TreeMap<>(environment).entrySet()) {
      String variable = entry.getKey();
      if (!variable.startsWith("REVEILLE_") || RESERVED.contains(variable)) {
        continue;
      }
      path(variable).ifPresentOrElse(
          path -> values.put(path, new Written(entry.getValue(), variable)),
          () -> problems.add("unknown variable " + variable + Nearest.hint(variable, names())));
    }
  }

  private static Optional<String> path(String variable) {
    for (Option<?> option : Options.all()) {
      Matcher matcher = option.variablePattern().matcher(variable);
      if (matcher.matches()) {
        int[] indexes = new int[matcher.groupCount()];
        for (int i = 0; i < indexes.length; i++) {
          indexes[i] = Integer.parseInt(matcher.group(i + 1));
        }
        return Optional.of(option.at(indexes));
      }
    }
    return Optional.empty();
  }

  private static List<String> names() {
    List<String> names = new ArrayList<>(RESERVED);
    Options.all().forEach(option -> names.add(option.variable().replace("_N_", "_0_")));
    return names;
  }
}
