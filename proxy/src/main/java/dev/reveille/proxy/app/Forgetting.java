package dev.reveille.proxy.app;

import dev.reveille.cell.Catalog;
import dev.reveille.cell.CellId;
import dev.reveille.proxy.audit.Audit;
import dev.reveille.proxy.config.Configuration;
import dev.reveille.proxy.forget.LastUse;
import dev.reveille.proxy.forget.Reaper;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.LifetimeRules;
import java.time.InstantSource;
import java.util.Set;

/** How long things live and how they are forgotten, as configured. */
final class Forgetting {
  private Forgetting() {
  }

  static LifetimeRules rules(Configuration.Lifetimes options) {
    return new LifetimeRules(options.agentBranch(), options.agentDatabase(),
        options.agentLongest(), options.agentCheckpoint(), options.undo());
  }

  /** Looks from now on, in the cells of this proxy. */
  static Reaper start(Configuration.Lifetimes options, Catalog catalog, Databases databases,
      Set<CellId> cells, Audit audit, LastUse use) {
    return new Reaper(catalog, databases.reclaiming(), cells,
        new Reaper.Rules(options.warn(), options.grace(), options.orphanAfter()),
        InstantSource.system(), audit, use).start(options.checkEvery());
  }
}
