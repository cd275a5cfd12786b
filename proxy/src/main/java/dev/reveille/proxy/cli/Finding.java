package dev.reveille.proxy.cli;

/**
 * What {@code doctor} found about one thing.
 *
 * @param advice what to do; empty when nothing has to be done
 */
record Finding(Grade grade, String subject, String found, String advice) {
  /** How bad it is. */
  enum Grade {
    OK, NOTE, FAIL
  }

  static Finding ok(String subject, String found) {
    return new Finding(Grade.OK, subject, found, "");
  }

  static Finding note(String subject, String found, String advice) {
    return new Finding(Grade.NOTE, subject, found, advice);
  }

  static Finding fail(String subject, String found, String advice) {
    return new Finding(Grade.FAIL, subject, found, advice);
  }
}
