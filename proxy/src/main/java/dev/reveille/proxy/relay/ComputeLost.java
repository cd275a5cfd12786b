package dev.reveille.proxy.relay;

import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.Severity;

/** What a client is told when its compute has gone without a word. */
final class ComputeLost {
  private ComputeLost() {
  }

  static ErrorFields error(boolean midQuery) {
    if (midQuery) {
      return ErrorFields.of(Severity.FATAL, "08006", "the connection to the compute was lost")
          .detail(
              "A statement or a transaction was in progress; whether it was committed is unknown.")
          .hint("Connect again, and check before repeating what was in progress.");
    }
    return ErrorFields
        .of(Severity.FATAL, "57P01", "terminating connection because the compute has gone")
        .detail("Nothing was in progress.")
        .hint("Connect again: the database wakes when it is needed.");
  }
}
