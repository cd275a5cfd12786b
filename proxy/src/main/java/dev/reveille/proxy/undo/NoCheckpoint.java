package dev.reveille.proxy.undo;

/** A checkpoint that could not be taken, and why, in words that the client may see. An answer, not a bug. */
public final class NoCheckpoint extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String sqlState;
  private final String hint;

  /** @param hint the next step; may be empty */
  public NoCheckpoint(String sqlState, String message, String hint) {
    super(message, null, false, false);
    this.sqlState = sqlState;
    this.hint = hint;
  }

  /** Of the operation that failed. */
  public String sqlState() {
    return sqlState;
  }

  public String hint() {
    return hint;
  }
}
