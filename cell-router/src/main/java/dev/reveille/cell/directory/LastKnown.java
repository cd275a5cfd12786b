package dev.reveille.cell.directory;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.Route;
import java.time.Instant;
import java.util.Optional;

/**
 * What was known when the catalog was last there, kept somewhere that outlives the process. Asked only
 * while the catalog is gone; must answer at once, from any thread.
 */
public interface LastKnown {

  /** Something, and the moment at which it was certainly so. */
  record Known<T>(T value, Instant confirmedAt) {}

  Optional<Known<Credential>> credential(String name);

  Optional<Known<Route>> route(AccountId account, String databaseName);

  /** Knows nothing. */
  LastKnown NOTHING = new LastKnown() {
    @Override
    public Optional<Known<Credential>> credential(String name) {
      return Optional.empty();
    }

    @Override
    public Optional<Known<Route>> route(AccountId account, String databaseName) {
      return Optional.empty();
    }
  };
}
