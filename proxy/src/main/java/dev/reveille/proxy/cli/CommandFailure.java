package dev.reveille.proxy.cli;

import org.jspecify.annotations.Nullable;

/** Why a command could not do what it was asked, the next step to take, and its exit code. */
final class CommandFailure extends RuntimeException {
  private final int exitCode;
  private final @Nullable String nextStep;

  CommandFailure(int exitCode, String message, @Nullable String nextStep) {
    super(message, null, false, false);
    this.exitCode = exitCode;
    this.nextStep = nextStep;
  }

  int exitCode() {
    return exitCode;
  }

  String text() {
    return "reveille: " + getMessage() + (nextStep == null ? "" : "\n  " + nextStep);
  }
}
