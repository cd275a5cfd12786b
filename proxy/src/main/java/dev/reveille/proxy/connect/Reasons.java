package dev.reveille.proxy.connect;

/** One line of text for a failure to connect. */
final class Reasons {
  private Reasons() {
  }

  static String of(Throwable failure) {
    Throwable cause = failure.getCause();
    String message = failure.getMessage();
    if (message == null && cause != null) {
      return of(cause);
    }
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
