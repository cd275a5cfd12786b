package dev.reveille.cell;

/** The name is malformed (42602) or reserved (42939). */
public final class InvalidNameException extends CatalogException {
  private static final long serialVersionUID = 1;

  public InvalidNameException(String sqlState, String message) {
    super(sqlState, message, null);
  }
}
