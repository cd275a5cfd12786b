package dev.reveille.auth;

/** Carries a refusal out of a parser to the step that answers it. Never leaves the package, has no stack trace. */
final class ScramRefusedException extends RuntimeException {
  private final ScramRefusal reason;

  ScramRefusedException(ScramRefusal reason) {
    super(reason.message(), null, false, false);
    this.reason = reason;
  }

  ScramRefusal reason() {
    return reason;
  }
}
