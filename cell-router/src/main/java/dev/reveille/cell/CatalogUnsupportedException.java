package dev.reveille.cell;

/** The Postgres that was given as catalog cannot be one, for example because it is too old. */
public final class CatalogUnsupportedException extends CatalogException {
  private static final long serialVersionUID = 1;

  public CatalogUnsupportedException(String message) {
    super("0A000", message, null);
  }
}
