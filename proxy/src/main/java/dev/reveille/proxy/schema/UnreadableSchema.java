package dev.reveille.proxy.schema;

/** A schema that could not be read or compared. */
public final class UnreadableSchema extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnreadableSchema(Throwable cause) {
    super(String.valueOf(cause.getMessage()), cause);
  }
}
