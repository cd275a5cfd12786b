package dev.reveille.proxy.console;

import dev.reveille.cell.AuditTable;
import dev.reveille.cell.Catalog;
import dev.reveille.compute.Computes;
import dev.reveille.proxy.budget.Ledger;
import dev.reveille.proxy.operations.Usage;
import dev.reveille.proxy.session.Sessions;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * Where what the console shows comes from.
 *
 * @param sessions once there are listeners
 * @param version of this program
 */
public record Sources(Catalog catalog, Computes computes, Supplier<Sessions> sessions,
    Ledger ledger, Usage usage, InstantSource clock, String version) {
  AuditTable audit() {
    return catalog;
  }
}
