package dev.reveille.proxy.undo;

import dev.reveille.cell.Checkpoint;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.Severity;
import java.time.Duration;

/** What a client is told about checkpoints before its statements. */
final class UndoWords {
  private UndoWords() {
  }

  static ErrorFields taken(String what, String database, String checkpoint, boolean inTransaction) {
    return notice("checkpoint \"" + checkpoint + "\" was taken before " + what)
        .detail(inTransaction
            ? "It has what was committed, and nothing of the transaction that is open."
            : "It has what was committed.")
        .hint(back(database, checkpoint));
  }

  static ErrorFields standing(String what, String database, Checkpoint checkpoint, Duration age,
      Duration interval) {
    return notice("checkpoint \"" + checkpoint.name() + "\", " + age.toSeconds()
        + " s old, is the one before " + what)
        .detail("One is taken in " + interval.toSeconds() + " s. What was committed after "
            + checkpoint.createdAt() + " is not in it.")
        .hint(back(database, checkpoint.name()));
  }

  /** 53400 when a budget is used up, else 58000, an error of the system around the database. */
  static ErrorFields refused(String what, String sqlState, String reason, String next) {
    return ErrorFields
        .of(Severity.ERROR, sqlState.equals("53400") ? "53400" : "58000",
            "no checkpoint could be taken before " + what + ", which was not run")
        .detail("The credential asks for checkpoint_before = destructive. " + reason)
        .hint(next.isEmpty() ? "It is safe to try again." : next);
  }

  private static ErrorFields notice(String message) {
    return ErrorFields.of(Severity.NOTICE, "00000", message);
  }

  private static String back(String database, String checkpoint) {
    return "To bring it back: RESTORE DATABASE " + quoted(database) + " FROM "
        + quoted(checkpoint) + " on the console, or: reveille restore " + database + " "
        + checkpoint;
  }

  private static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }
}
