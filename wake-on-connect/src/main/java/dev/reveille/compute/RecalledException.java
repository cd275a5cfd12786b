package dev.reveille.compute;

/** What was asked for was taken back, and is not done. Has no stack trace: it is an answer. */
public final class RecalledException extends RuntimeException {
  public RecalledException() {
    super("it was taken back", null, false, false);
  }
}
