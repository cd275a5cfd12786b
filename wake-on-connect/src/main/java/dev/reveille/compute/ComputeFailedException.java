package dev.reveille.compute;

/**
 * A compute could not do what was asked. The message is safe to show to an authenticated client: no
 * paths, no settings. Details for the operator are in the log and in {@link #operatorDetail}.
 */
public final class ComputeFailedException extends RuntimeException {
  private final String operatorDetail;

  public ComputeFailedException(String message) {
    this(message, "");
  }

  public ComputeFailedException(String message, String operatorDetail) {
    super(message);
    this.operatorDetail = operatorDetail;
  }

  public ComputeFailedException(String message, Throwable cause) {
    super(message, cause);
    this.operatorDetail = String.valueOf(cause.getMessage());
  }

  /** For the log: for example the tail of Postgres's own log. May be empty. */
  public String operatorDetail() {
    return operatorDetail;
  }

  /** The safe text of any failure: the message of this exception, or a general one. */
  public static String safeMessage(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof ComputeFailedException ours) {
        return String.valueOf(ours.getMessage());
      }
    }
    return "the compute could not be started";
  }

  /** What the operator may know of any failure. */
  static String operatorDetail(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof ComputeFailedException ours) {
        return ours.operatorDetail;
      }
    }
    return failure.toString();
  }
}
