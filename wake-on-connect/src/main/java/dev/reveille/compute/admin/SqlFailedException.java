package dev.reveille.compute.admin;

import dev.reveille.wire.ErrorFields;
import java.io.IOException;

/** A compute answered with an error. The connection stays usable unless the error was FATAL. */
public final class SqlFailedException extends IOException {
  private final transient ErrorFields fields;

  SqlFailedException(ErrorFields fields) {
    super(fields.toString());
    this.fields = fields;
  }

  public ErrorFields fields() {
    return fields;
  }

  /** Match this, never the message. */
  public String sqlState() {
    return fields.sqlState();
  }
}
