package dev.reveille.proxy.app;

import dev.reveille.auth.SharedKey;
import dev.reveille.cell.Catalog;
import dev.reveille.cell.CatalogException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key that all proxies of a catalog share. It is the catalog's; this home keeps a copy, readable
 * by its owner only, for a start while the catalog is away. Safe from any thread.
 */
final class SharedKeyKeeper {
  private static final Logger log = LoggerFactory.getLogger(SharedKeyKeeper.class);

  private final Path copy;
  private final Catalog catalog;
  private volatile Optional<SharedKey> current;

  private SharedKeyKeeper(Path copy, Catalog catalog, Optional<SharedKey> current) {
    this.copy = copy;
    this.catalog = catalog;
    this.current = current;
  }

  /** With the copy of an earlier life, or asking the catalog once. */
  static SharedKeyKeeper open(Path copy, Catalog catalog) throws IOException {
    SharedKeyKeeper keeper = new SharedKeyKeeper(copy, catalog,
        SecretFile.read(copy).map(SharedKey::of));
    if (keeper.current.isEmpty()) {
      try {
        keeper.refresh();
      } catch (CatalogException e) {
        log.atWarn()
            .addKeyValue("reason", e.getMessage())
            .log("nobody can log in before the catalog has been reached once");
      }
    }
    return keeper;
  }

  /** Empty only as long as neither the catalog was reached nor there is a copy. */
  Optional<SharedKey> current() {
    return current;
  }

  /** The key; the catalog is asked if need be. Blocks. */
  SharedKey required() {
    return current.orElseGet(this::refresh);
  }

  /** Asks the catalog, whose word counts, and brings the copy up to date. Blocks. */
  synchronized SharedKey refresh() {
    SharedKey latest = SharedKey.of(catalog.sharedKey());
    if (!current.equals(Optional.of(latest))) {
      try {
        SecretFile.write(copy, latest.bytes());
      } catch (IOException e) {
        throw new UncheckedIOException("the copy of the shared key cannot be written", e);
      }
      current = Optional.of(latest);
    }
    return latest;
  }
}
