package dev.reveille.proxy.console;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What the options of CREATE DATABASE come to. Every database is made alike (UTF8, C.UTF-8, one
 * owner), so an option is taken where it names just that and refused where it asks for something else,
 * with Postgres' words and SQLSTATEs (createdb in commands/dbcommands.c).
 *
 * @param template what to branch from, {@code shop} or {@code shop@checkpoint}; empty for a fresh one
 */
record CreateMeaning(Optional<String> template, Optional<String> ttl,
    Optional<String> suspendAfter) {
  private static final Set<String> FRESH = Set.of("template0", "template1");
  private static final Set<String> LOCALES = Set.of("c", "posix", "c.utf-8", "c.utf8");
  private static final Set<String> STRATEGIES = Set.of("wal_log", "file_copy");
  private static final Set<String> YES = Set.of("true", "on", "yes", "1", "t", "y");
  private static final Set<String> NO = Set.of("false", "off", "no", "0", "f", "n");
  private static final String UTF8_NUMBER = "6";

  /** @param role of who asks: a name that may own things besides {@code reveille_owner} */
  static CreateMeaning of(List<CreateOption> options, String role) {
    Set<String> seen = new HashSet<>();
    Optional<String> template = Optional.empty();
    Optional<String> ttl = Optional.empty();
    Optional<String> suspendAfter = Optional.empty();
    for (CreateOption option : options) {
      if (!seen.add(option.name())) {
        throw new Refused("42601", "conflicting or redundant options").at(option.position());
      }
      switch (option.name()) {
        case "template" -> template = option.value().filter(name -> !FRESH.contains(name));
        case "ttl" -> ttl = option.value();
        case "suspend_after" -> suspendAfter = option.value();
        default -> accept(option, role);
      }
    }
    return new CreateMeaning(template, ttl, suspendAfter);
  }

  private static void accept(CreateOption option, String role) {
    if (option.value().isEmpty()) {
      return;
    }
    String value = option.value().get();
    String lower = value.toLowerCase(Locale.ROOT);
    switch (option.name()) {
      case "owner" -> owner(value, role);
      case "tablespace" -> require(value.equals("pg_default"), "42704",
          "tablespace \"" + value + "\" does not exist");
      case "encoding" -> encoding(option, value);
      case "locale", "lc_collate", "lc_ctype" -> require(LOCALES.contains(lower), "22023",
          "new " + (option.name().equals("lc_ctype") ? "LC_CTYPE" : "collation") + " (" + value
              + ") is incompatible with the collation of the template database (C.UTF-8)",
          "Every database here has the locale C.UTF-8. Leave the option away, and name a collation"
              + " where one is wanted: COLLATE \"und-x-icu\".");
      case "builtin_locale" -> require(lower.equals("c.utf-8") || lower.equals("c.utf8"), "22023",
          "new builtin locale (" + value + ") is incompatible with C.UTF-8");
      case "locale_provider" -> require(lower.equals("builtin") || lower.equals("libc"), "22023",
          "new locale provider (" + value
              + ") does not match locale provider of the template database (builtin)");
      case "icu_locale", "icu_rules" -> throw new Refused("22023",
          "ICU locale cannot be specified unless locale provider is ICU");
      case "strategy" -> require(STRATEGIES.contains(lower), "22023",
          "invalid create database strategy \"" + value + "\"",
          "Valid strategies are \"wal_log\" and \"file_copy\".");
      case "allow_connections" -> require(YES.contains(lower), "0A000",
          "a database to which nobody may connect is not offered");
      case "is_template" -> require(NO.contains(lower), "0A000",
          "template databases are not offered",
          "Any database can be branched: CREATE DATABASE name TEMPLATE other.");
      case "connection_limit" -> require(value.equals("-1"), "0A000",
          "connection limits of databases are not offered",
          "Each credential has a limit of its own: reveille credential create --help.");
      case "location", "collation_version" -> {
        // Postgres takes the one and ignores it; the other speaks of what this one has anyway.
      }
      case "oid" -> throw new Refused("0A000", "the OID of a database cannot be chosen");
      default -> throw new Refused("42601",
          "option \"" + option.name() + "\" not recognized").at(option.position());
    }
  }

  static void owner(String value, String role) {
    require(value.equals("reveille_owner") || value.equals(role), "42704",
        "role \"" + value + "\" does not exist",
        "Every database belongs to reveille_owner, which each credential of mode ddl acts as.");
  }

  private static void encoding(CreateOption option, String value) {
    String plain = value.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    if (plain.equals("utf8") || plain.equals("unicode") || value.equals(UTF8_NUMBER)
        || value.equals("-1")) {
      return;
    }
    if (Encodings.known(plain)) {
      throw new Refused("22023", "new encoding (" + value
          + ") is incompatible with the encoding of the template database (UTF8)",
          "Every database here is UTF8. A client may speak another encoding: SET client_encoding.");
    }
    throw new Refused("42704", value + " is not a valid encoding name").at(option.position());
  }

  private static void require(boolean fine, String sqlState, String message) {
    if (!fine) {
      throw new Refused(sqlState, message);
    }
  }

  private static void require(boolean fine, String sqlState, String message, String hint) {
    if (!fine) {
      throw new Refused(sqlState, message, hint);
    }
  }
}
