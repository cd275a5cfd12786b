package dev.reveille.proxy.app;

import dev.reveille.cell.Catalog;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Directory;
import dev.reveille.compute.Computes;
import dev.reveille.proxy.budget.Ledger;
import dev.reveille.proxy.console.ConsoleOperations;
import dev.reveille.proxy.console.Consoles;
import dev.reveille.proxy.console.Sources;
import dev.reveille.proxy.operations.Usage;
import dev.reveille.proxy.session.Sessions;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Puts the consoles together. They are there before the sessions and the operations that they need,
 * because sessions need them: no client asks for either before both are told.
 */
final class ConsoleParts {
  private final CompletableFuture<Sessions> sessions = new CompletableFuture<>();
  private final CompletableFuture<ConsoleOperations> operations = new CompletableFuture<>();
  private final Consoles consoles;

  ConsoleParts(Catalog catalog, Directory directory, Computes computes, Set<CellId> cells,
      Ledger ledger, Usage usage, String version) {
    consoles = new Consoles(computes, directory, cells, new Sources(catalog, computes,
        sessions::join, ledger, usage, InstantSource.system(), version), operations::join);
  }

  Consoles consoles() {
    return consoles;
  }

  /** From now on commands are carried out, and sessions are shown. */
  void open(Sessions all, ConsoleOperations commands) {
    sessions.complete(all);
    operations.complete(commands);
  }
}
