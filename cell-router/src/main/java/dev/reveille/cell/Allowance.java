package dev.reveille.cell;

import java.util.Locale;

/** What a credential may be allowed besides plain statements, each seen from its messages alone. */
public enum Allowance {
  /** {@code COPY … FROM STDIN}: the compute answers CopyInResponse. */
  COPY_IN,
  /** {@code COPY … TO STDOUT}: the compute answers CopyOutResponse. */
  COPY_OUT,
  /** Being told of a NOTIFY: NotificationResponse. */
  LISTEN,
  /** The FunctionCall message of old drivers. */
  FUNCTION_CALL,
  /** Replication connections. A word that is known, and not offered to anyone yet. */
  REPLICATION,
  /** Making, branching and dropping databases of the account: opens the console. For all databases. */
  MANAGE_DATABASES;

  /** The word used in the catalog, in configuration and on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The allowance for a word; throws {@link IllegalArgumentException} naming the valid ones. */
  public static Allowance ofWord(String word) {
    for (Allowance allowance : values()) {
      if (allowance.word().equals(word)) {
        return allowance;
      }
    }
    throw new IllegalArgumentException(
        "allowed is one of copy_in, copy_out, listen, function_call, replication,"
            + " manage_databases; not '" + word
            + "'");
  }
}
