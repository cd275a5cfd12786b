package dev.reveille.cell;

import java.time.Instant;
import java.util.Optional;

/**
 * What is known of a database before the catalog has given it an id.
 *
 * @param expiresAt empty when it never expires
 * @param createdBy the credential or key that asks for it
 */
public record NewDatabase(AccountId account, String name, CellId cell, StorageId storage,
    DatabaseSettings settings, Optional<Instant> expiresAt, Lineage lineage, String createdBy) {
  public NewDatabase {
    DatabaseName.require(name);
  }

  /** One that begins empty and never expires. */
  public NewDatabase(AccountId account, String name, CellId cell, StorageId storage,
      DatabaseSettings settings) {
    this(account, name, cell, storage, settings, Optional.empty(), Lineage.NONE, "");
  }
}
