package dev.reveille.compute;

/** What was asked needs a database without sessions, and there are some. */
public final class ComputeBusyException extends RuntimeException {
  private final int sessions;

  /** @param sessions those attached or about to be; 1 or more */
  public ComputeBusyException(int sessions) {
    super(sessions == 1
        ? "There is 1 other session using the database."
        : "There are " + sessions + " other sessions using the database.");
    this.sessions = sessions;
  }

  public int sessions() {
    return sessions;
  }
}
