package dev.reveille.cell;

/** What is known of a database before the catalog has given it an id. */
public record NewDatabase(
    AccountId account, String name, CellId cell, StorageId storage, DatabaseSettings settings) {
  public NewDatabase {
    DatabaseName.require(name);
  }
}
