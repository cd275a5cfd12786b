package dev.reveille.cell;

import java.util.Locale;

/**
 * What a credential may do to the data: read it; write it; change its schema as well. In the order of
 * what they allow.
 */
public enum Mode {
  RO, RW, DDL;

  /** The word used in the catalog, in configuration and on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The mode for a word; throws {@link IllegalArgumentException} naming the valid ones. */
  public static Mode ofWord(String word) {
    for (Mode mode : values()) {
      if (mode.word().equals(word)) {
        return mode;
      }
    }
    throw new IllegalArgumentException("mode is one of ro, rw, ddl; not '" + word + "'");
  }
}
