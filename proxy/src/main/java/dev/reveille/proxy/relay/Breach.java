package dev.reveille.proxy.relay;

import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.FrameTypes;
import dev.reveille.wire.Severity;
import java.time.Duration;

/**
 * A limit of its {@link RelayScope} that a relay has come to, and how the client is told.
 *
 * @param name a bounded word, as in the scope of a credential
 * @param value with its unit; empty where only the budget knows it
 * @param words FATAL: the session does not go on. DETAIL names the limit and its value
 */
public record Breach(Limit limit, String name, String value, ErrorFields words) {
  /** Which. */
  public enum Limit {
    /** A message of a kind that is not allowed. */
    MESSAGE_KIND,
    /** A message that is too long. */
    FRAME_BYTES,
    /** Bytes out, of this session or of a budget that it shares. */
    BYTES_OUT,
    /** A request that takes too long. */
    REQUEST_TIME,
    /** No request for too long, outside of a transaction. */
    IDLE_TIME,
    /** No request for too long, in a transaction. */
    IDLE_IN_TRANSACTION,
    /** The session has lasted as long as it may, whatever it does. */
    SESSION_TIME
  }

  /** Insufficient privilege; {@code type} is one that a scope may forbid. */
  static Breach messageKind(byte type) {
    return switch (type) {
      case FrameTypes.FUNCTION_CALL -> messageKind("FunctionCall", "function_call",
          "Call the function in a SELECT.");
      case FrameTypes.COPY_IN_RESPONSE -> messageKind("COPY from the client", "copy_in",
          "Use INSERT.");
      case FrameTypes.COPY_BOTH_RESPONSE -> messageKind("CopyBothResponse", "copy_in",
          "Use INSERT.");
      case FrameTypes.COPY_OUT_RESPONSE -> messageKind("COPY to the client", "copy_out",
          "Use SELECT.");
      case FrameTypes.NOTIFICATION_RESPONSE -> messageKind("NotificationResponse", "listen",
          "Do not LISTEN.");
      default -> throw new IllegalArgumentException("no scope forbids " + type);
    };
  }

  private static Breach messageKind(String what, String allowance, String instead) {
    return new Breach(Limit.MESSAGE_KIND, allowance, "not allowed",
        fatal("42501", "permission denied for " + what)
            .detail("The credential does not allow " + allowance + ".")
            .hint(instead + " Or ask for a credential that allows " + allowance + "."));
  }

  /** Program limit exceeded: the message is in order, and more than is wanted. */
  static Breach frameBytes(int length, int limit) {
    return of(Limit.FRAME_BYTES, "frame_bytes", Integer.toString(limit), "54000",
        "message of " + length + " bytes is too long", "Send less in one message.");
  }

  /** Configuration limit exceeded. */
  static Breach sessionBytes(long limit) {
    return of(Limit.BYTES_OUT, "bytes_out_per_session", Long.toString(limit), "53400",
        "the session has no bytes left to send", "Connect again, and ask for less at once.");
  }

  static Breach shared(ByteBudget budget) {
    return new Breach(Limit.BYTES_OUT, "bytes_out_per_day", "", budget.exhausted());
  }

  /** The code that Postgres gives to statement_timeout. */
  static Breach requestTime(Duration limit) {
    return of(Limit.REQUEST_TIME, "request_time", written(limit), "57014",
        "canceling request due to its time limit",
        "Ask for less at once; a Sync or a Query ends a request.");
  }

  /** The codes that Postgres gives to idle_session_timeout and idle_in_transaction_session_timeout. */
  static Breach idleTime(Duration limit, boolean inTransaction) {
    return of(inTransaction ? Limit.IDLE_IN_TRANSACTION : Limit.IDLE_TIME, "idle_time",
        written(limit), inTransaction ? "25P03" : "57P05",
        "terminating connection due to idle time" + (inTransaction ? " in a transaction" : ""),
        "Connect again when there is something to ask.");
  }

  /** Admin shutdown; what a session may last is not the relay's to know, only how it is said. */
  public static Breach sessionTime(Duration limit) {
    return of(Limit.SESSION_TIME, "session_time", written(limit), "57P01",
        "terminating connection due to the length of the session", "Connect again.");
  }

  private static Breach of(Limit limit, String name, String value, String sqlState, String message,
      String hint) {
    return new Breach(limit, name, value, fatal(sqlState, message)
        .detail("The limit is " + name + " = " + value + ".")
        .hint(hint));
  }

  private static ErrorFields fatal(String sqlState, String message) {
    return ErrorFields.of(Severity.FATAL, sqlState, message);
  }

  private static String written(Duration time) {
    long millis = time.toMillis();
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }
}
