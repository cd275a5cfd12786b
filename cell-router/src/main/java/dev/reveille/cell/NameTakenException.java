package dev.reveille.cell;

/** The name is in use: 42P04 for a database, 42710 for anything else. */
public final class NameTakenException extends CatalogException {
  private static final long serialVersionUID = 1;

  private NameTakenException(String sqlState, String message) {
    super(sqlState, message, null);
  }

  /** Another database of the account has this name; worded as Postgres words it. */
  public static NameTakenException database(String name) {
    return new NameTakenException("42P04", "database \"" + name + "\" already exists");
  }

  /** Another credential, of whatever account, has this name. */
  public static NameTakenException credential(String name) {
    return new NameTakenException("42710", "credential \"" + name + "\" already exists");
  }

  /** The database has a checkpoint of this name. */
  public static NameTakenException checkpoint(String name) {
    return new NameTakenException("42710", "checkpoint \"" + name + "\" already exists");
  }

  public static NameTakenException account(String name) {
    return new NameTakenException("42710", "account \"" + name + "\" already exists");
  }

  /** Another API key of the account has this name, or had it until it was revoked. */
  public static NameTakenException apiKey(String name) {
    return new NameTakenException("42710", "API key \"" + name + "\" already exists");
  }
}
