package dev.reveille.proxy.console;

import java.util.Set;

/**
 * Key words that cannot name a database without quotes (Postgres documentation, appendix C; the
 * categories RESERVED_KEYWORD and TYPE_FUNC_NAME_KEYWORD of parser/kwlist.h).
 */
final class Keywords {
  private static final Set<String> RESERVED = Set.of("all", "analyse", "analyze", "and", "any",
      "array", "as", "asc", "asymmetric", "both", "case", "cast", "check", "collate", "column",
      "constraint", "create", "current_catalog", "current_date", "current_role", "current_time",
      "current_timestamp", "current_user", "default", "deferrable", "desc", "distinct", "do",
      "else", "end", "except", "false", "fetch", "for", "foreign", "from", "grant", "group",
      "having", "in", "initially", "intersect", "into", "lateral", "leading", "limit",
      "localtime", "localtimestamp", "not", "null", "offset", "on", "only", "or", "order",
      "placing", "primary", "references", "returning", "select", "session_user", "some",
      "symmetric", "system_user", "table", "then", "to", "trailing", "true", "union", "unique",
      "user", "using", "variadic", "when", "where", "window", "with");

  private static final Set<String> TYPES_AND_FUNCTIONS = Set.of("authorization", "binary",
      "collation", "concurrently", "cross", "current_schema", "freeze", "full", "ilike", "inner",
      "is", "isnull", "join", "left", "like", "natural", "notnull", "outer", "overlaps", "right",
      "similar", "tablesample", "verbose");

  private Keywords() {
  }

  /** Whether a word may be a ColId of the grammar. */
  static boolean canBeName(String word) {
    return !RESERVED.contains(word) && !TYPES_AND_FUNCTIONS.contains(word);
  }

  /** Whether a word may be a NonReservedWord of the grammar. */
  static boolean canBeValue(String word) {
    return !RESERVED.contains(word);
  }
}
