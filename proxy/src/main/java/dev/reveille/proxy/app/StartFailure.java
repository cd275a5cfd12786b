package dev.reveille.proxy.app;

/** The process cannot start, for a reason that whoever started it can mend. */
public final class StartFailure extends Exception {
  private static final long serialVersionUID = 1;

  /** Which exit code goes with it. */
  public enum Kind {
    FAILED, CONFIGURATION, ALREADY_RUNNING
  }

  private final Kind kind;
  private final String hint;

  public StartFailure(Kind kind, String message, String hint) {
    super(message);
    this.kind = kind;
    this.hint = hint;
  }

  public Kind kind() {
    return kind;
  }

  /** The next step; may be empty. */
  public String hint() {
    return hint;
  }
}
