package dev.reveille.cell;

import org.jspecify.annotations.Nullable;

/**
 * The catalog could not be reached, or not in time. Asking again later is safe for reads; a write
 * may or may not have happened. SQLSTATE 57P03: the client may retry.
 */
public final class CatalogUnavailableException extends CatalogException {
  private static final long serialVersionUID = 1;

  public CatalogUnavailableException(String message, @Nullable Throwable cause) {
    super("57P03", message, cause);
  }
}
