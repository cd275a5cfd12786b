package dev.reveille.cell;

import java.util.Locale;

/** Why a checkpoint was made. */
public enum CheckpointKind {
  /** Somebody asked for it. */
  NAMED,
  /** Before something that may destroy data. */
  AUTOMATIC,
  /** What a database was before it was restored. */
  RESTORE,
  /** What a branch began as. It belongs to the branch, ends with it, and is not listed among the others. */
  BASE;

  /** The word used in the catalog and in lists. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind for a word of the catalog. */
  public static CheckpointKind ofWord(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
