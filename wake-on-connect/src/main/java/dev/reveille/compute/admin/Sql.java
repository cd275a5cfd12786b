package dev.reveille.compute.admin;

/**
 * Quotes what goes into SQL text (PostgreSQL documentation, "Lexical Structure", 4.1). A NUL cannot
 * be sent at all and is refused.
 */
public final class Sql {
  private Sql() {
  }

  /** A name as a quoted identifier. */
  public static String identifier(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("an identifier cannot be empty");
    }
    return '"' + withoutNul(name).replace("\"", "\"\"") + '"';
  }

  /**
   * A text as an escape string literal, which means the same whatever
   * {@code standard_conforming_strings} is.
   */
  public static String literal(String text) {
    return "E'" + withoutNul(text).replace("\\", "\\\\").replace("'", "''") + '\'';
  }

  private static String withoutNul(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("SQL text cannot hold a NUL");
    }
    return text;
  }
}
