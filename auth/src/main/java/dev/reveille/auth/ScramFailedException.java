package dev.reveille.auth;

/**
 * A compute's side of a SCRAM login is malformed, wrong or unsafe. The message is safe to log and holds no bytes of the
 * exchange. No stack trace: hostile bytes may lead here.
 */
public final class ScramFailedException extends RuntimeException {
  ScramFailedException(String message) {
    super(message, null, false, false);
  }
}
