package dev.reveille.proxy.relay;

import java.util.Locale;

/** What a client can ask for, as far as the types of messages tell. */
public enum RequestKind {
  /** A Query, of one or more statements. */
  QUERY,
  /** A Parse; what is prepared may be executed any number of times. */
  PARSE,
  /** A FunctionCall. */
  FUNCTION_CALL,
  /** The compute has asked for the data of a COPY. */
  COPY_IN,
  /** The compute is about to send the data of a COPY. */
  COPY_OUT;

  /** The name in lines and rows. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
