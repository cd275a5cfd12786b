package dev.reveille.proxy.console;

import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.Severity;

/** A command that was not done, as the client is told. Has no stack trace: it is an answer. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient ErrorFields fields;

  Refused(ErrorFields fields) {
    super(fields.message(), null, false, false);
    this.fields = fields;
  }

  Refused(String sqlState, String message) {
    this(ErrorFields.of(Severity.ERROR, sqlState, message));
  }

  Refused(String sqlState, String message, String hint) {
    this(ErrorFields.of(Severity.ERROR, sqlState, message).hint(hint));
  }

  ErrorFields fields() {
    return fields;
  }

  /** The same at a place of the statement's text, in characters from 1. */
  Refused at(int position) {
    return new Refused(fields.with(ErrorFields.POSITION, Integer.toString(position)));
  }
}
