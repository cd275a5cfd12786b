package dev.reveille.proxy.operations;

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
    /** It cannot be done at this moment. */
    BUSY,
    /** Something that is needed does not answer. */
    UNAVAILABLE,
    /** It was tried and did not work. */
    FAILED
  }

  private final Kind kind;
  private final String hint;

  public OperationFailure(Kind kind, String message, String hint) {
    super(message, null, false, false);
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

  static OperationFailure noSuchCredential(String name) {
    return new OperationFailure(Kind.NOT_FOUND, "credential \"" + name + "\" does not exist",
        "See which there are with: reveille credential list");
  }

  static OperationFailure noSuchDatabase(String name) {
    return new OperationFailure(Kind.NOT_FOUND, "database \"" + name + "\" does not exist",
        "See which there are with: reveille list");
  }
}
