package dev.reveille.proxy.cli;

/** What the command line's exit codes mean. The README lists them; scripts may rely on them. */
final class ExitCode {
  static final int OK = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int NOT_RUNNING = 3;
  static final int NOT_FOUND = 4;
  static final int ALREADY_EXISTS = 5;
  /** It cannot be done now: sessions are at work, or something is not ready. */
  static final int BUSY = 6;

  private ExitCode() {
  }
}
