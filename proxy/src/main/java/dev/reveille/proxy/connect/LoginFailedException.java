package dev.reveille.proxy.connect;

/** A login cannot go on, for the reason in the message, which is safe to log. No stack trace: hostile bytes lead here. */
final class LoginFailedException extends RuntimeException {
  LoginFailedException(String message) {
    super(message, null, false, false);
  }
}
