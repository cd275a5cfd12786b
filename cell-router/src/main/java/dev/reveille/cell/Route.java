package dev.reveille.cell;

/**
 * The answer for one (account, database name): which database that is, and where it lives.
 *
 * @param version grows with every change to the database; from one sequence for the whole catalog
 */
public record Route(
    DatabaseId database,
    AccountId account,
    String name,
    CellId homeCell,
    StorageId storage,
    DatabaseSettings settings,
    Lifetime lifetime,
    long version) {
  public Route {
    if (!DatabaseName.isConsole(name)) {
      DatabaseName.require(name);
    }
  }

  /** A route of a database that never expires. */
  public Route(DatabaseId database, AccountId account, String name, CellId homeCell,
      StorageId storage, DatabaseSettings settings, long version) {
    this(database, account, name, homeCell, storage, settings, Lifetime.ENDLESS, version);
  }
}
