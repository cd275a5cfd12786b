package dev.reveille.cell;

import org.jspecify.annotations.Nullable;

/**
 * The catalog could not do what it was asked. The message is written by us, holds no secret, and may
 * be shown to whoever asked.
 */
public class CatalogException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String sqlState;

  public CatalogException(String sqlState, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.sqlState = sqlState;
  }

  /** The SQLSTATE (PostgreSQL documentation, appendix A) that a client should be given. */
  public String sqlState() {
    return sqlState;
  }
}
