package dev.reveille.proxy.operations;

import dev.reveille.proxy.budget.BudgetExhausted;
import org.jspecify.annotations.Nullable;

/**
 * An operation that was not done, for a reason that the caller can understand. Both texts are safe to
 * show to whoever asked. Has no stack trace: it is an answer, not a bug.
 */
public final class OperationFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The bounded vocabulary of reasons. */
  public enum Kind {
    /** The name, or another argument, cannot be used. */
    INVALID,
    /** More is asked for than may be given. */
    NOT_ALLOWED,
    /** No such database or credential. */
    NOT_FOUND,
    /** A database or credential of that name is there already. */
    EXISTS,
    /** A budget of the account is used up. */
    OVER_BUDGET,
    /** It cannot be done at this moment. */
    BUSY,
    /** Something that is needed does not answer. */
    UNAVAILABLE,
    /** It was tried and did not work. */
    FAILED
  }

  private final Kind kind;
  private final String sqlState;
  private final String detail;
  private final String hint;

  public OperationFailure(Kind kind, String message, String hint) {
    this(kind, usualState(kind), message, "", hint);
  }

  /** {@code detail} and {@code hint} may be empty. */
  public OperationFailure(Kind kind, String sqlState, String message, String detail, String hint) {
    this(kind, sqlState, message, detail, hint, null);
  }

  private OperationFailure(Kind kind, String sqlState, String message, String detail, String hint,
      @Nullable Throwable cause) {
    super(message, cause, false, false);
    this.kind = kind;
    this.sqlState = sqlState;
    this.detail = detail;
    this.hint = hint;
  }

  private static String usualState(Kind kind) {
    return switch (kind) {
      case INVALID -> "22023";
      case NOT_ALLOWED -> "42501";
      case NOT_FOUND -> "42704";
      case EXISTS -> "42710";
      case OVER_BUDGET -> BudgetExhausted.SQL_STATE;
      case BUSY, UNAVAILABLE -> "57P03";
      case FAILED -> "XX000";
    };
  }

  public Kind kind() {
    return kind;
  }

  /** What Postgres would answer (PostgreSQL documentation, appendix A). */
  public String sqlState() {
    return sqlState;
  }

  /** Which limit and value, or what stands in the way; may be empty. */
  public String detail() {
    return detail;
  }

  /** The next step; may be empty. */
  public String hint() {
    return hint;
  }

  /** The cause is what the budget said. */
  static OperationFailure overBudget(BudgetExhausted e) {
    return new OperationFailure(Kind.OVER_BUDGET, BudgetExhausted.SQL_STATE,
        String.valueOf(e.getMessage()), e.detail(), e.hint(), e);
  }

  static OperationFailure noSuchCredential(String name) {
    return new OperationFailure(Kind.NOT_FOUND, "credential \"" + name + "\" does not exist",
        "See which there are with: reveille credential list");
  }

  static OperationFailure noSuchDatabase(String name) {
    return new OperationFailure(Kind.NOT_FOUND, "3D000",
        "database \"" + name + "\" does not exist", "",
        "See which there are with: reveille list");
  }

  /** Worded as Postgres words it (src/backend/commands/dbcommands.c). */
  static OperationFailure noSuchTemplate(String name) {
    return new OperationFailure(Kind.NOT_FOUND, "3D000",
        "template database \"" + name + "\" does not exist", "",
        "See which there are with: reveille list");
  }

  static OperationFailure noSuchCheckpoint(String database, String name) {
    return new OperationFailure(Kind.NOT_FOUND, "42704",
        "checkpoint \"" + name + "\" of database \"" + database + "\" does not exist", "",
        "See which there are with: reveille checkpoints " + database);
  }

  /** Worded as Postgres words it (src/backend/commands/dbcommands.c). */
  static OperationFailure inUse(String name, String detail) {
    return new OperationFailure(Kind.BUSY, "55006",
        "database \"" + name + "\" is being accessed by other users", detail,
        "End its sessions first; DROP DATABASE … WITH (FORCE) ends them itself.");
  }

  /** Worded as Postgres words it (src/backend/tcop/postgres.c). */
  static OperationFailure cancelled() {
    return new OperationFailure(Kind.BUSY, "57014", "canceling statement due to user request", "",
        "");
  }

  /** What this cannot do, for whatever reason, and what can. */
  static OperationFailure notOffered(String message, String hint) {
    return new OperationFailure(Kind.INVALID, "0A000", message, "", hint);
  }
}
