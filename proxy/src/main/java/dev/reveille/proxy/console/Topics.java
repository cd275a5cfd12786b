package dev.reveille.proxy.console;

import dev.reveille.proxy.console.Token.Kind;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The tables that a statement may read, seen from its words: rather one too many than one too few.
 */
record Topics(Set<Topic> all) {
  static final Topics NONE = new Topics(Set.of());
  static final Topics EVERY = new Topics(EnumSet.allOf(Topic.class));

  /** What is brought up to date together. */
  enum Topic {
    /** Of databases, in pg_database. */
    NAMES, DATABASES, CHECKPOINTS, CREDENTIALS, CELLS, COMPUTES, SESSIONS, EVENTS, BUDGETS, USAGE, HELP
  }

  private static final Set<Topic> NAMING = EnumSet.of(Topic.NAMES, Topic.DATABASES,
      Topic.CREDENTIALS, Topic.CELLS, Topic.COMPUTES);
  private static final Map<String, Topic> WORDS = Map.ofEntries(
      Map.entry("databases", Topic.DATABASES), Map.entry("pg_database", Topic.NAMES),
      Map.entry("datname", Topic.NAMES), Map.entry("checkpoints", Topic.CHECKPOINTS),
      Map.entry("credentials", Topic.CREDENTIALS), Map.entry("cells", Topic.CELLS),
      Map.entry("computes", Topic.COMPUTES), Map.entry("sessions", Topic.SESSIONS),
      Map.entry("pools", Topic.SESSIONS), Map.entry("clients", Topic.SESSIONS),
      Map.entry("servers", Topic.SESSIONS), Map.entry("stats", Topic.SESSIONS),
      Map.entry("events", Topic.EVENTS), Map.entry("budgets", Topic.BUDGETS),
      Map.entry("usage", Topic.USAGE), Map.entry("account", Topic.USAGE),
      Map.entry("help", Topic.HELP), Map.entry("version", Topic.HELP));

  /** @param tokens of the text as it is sent to the compute */
  static Topics of(List<Token> tokens) {
    Set<Topic> found = EnumSet.noneOf(Topic.class);
    for (Token token : tokens) {
      if (token.isWord("execute") || token.isWord("do")) {
        return EVERY; // what was prepared by SQL, or what a block builds, is not seen from here
      }
      if (token.kind() == Kind.WORD || token.kind() == Kind.QUOTED) {
        Topic topic = WORDS.get(token.value().toLowerCase(Locale.ROOT));
        if (topic != null) {
          found.add(topic);
        }
      }
    }
    return found.isEmpty() ? NONE : new Topics(Set.copyOf(found));
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  boolean has(Topic topic) {
    return all.contains(topic);
  }

  /** Whether what databases are called has to be known. */
  boolean needNames() {
    return all.stream().anyMatch(NAMING::contains);
  }
}
