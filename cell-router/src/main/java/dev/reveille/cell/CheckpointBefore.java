package dev.reveille.cell;

import java.util.List;
import java.util.Locale;

/** Before which statements of a credential a checkpoint is taken, from the fewest to the most. */
public enum CheckpointBefore {
  /** Before none. */
  NOTHING,
  /** Before those that can be recognised as destructive from their text. */
  DESTRUCTIVE;

  /** How it is written in requests, in a scope's JSON form and on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Throws {@link IllegalArgumentException} with the words that there are. */
  public static CheckpointBefore ofWord(String word) {
    for (CheckpointBefore one : values()) {
      if (one.word().equals(word)) {
        return one;
      }
    }
    throw new IllegalArgumentException(
        "is one of " + String.join(", ", List.of(values())
            .stream()
            .map(CheckpointBefore::word)
            .toList()));
  }

  /** The one that takes more checkpoints. */
  CheckpointBefore orMore(CheckpointBefore other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
