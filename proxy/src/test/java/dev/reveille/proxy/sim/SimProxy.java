package dev.reveille.proxy.sim;

import dev.reveille.proxy.budget.Ledger;
import dev.reveille.proxy.session.Slots;

/** What the sessions of one proxy share; the real thing. */
final class SimProxy {
  final Ledger ledger;
  final Slots slots = new Slots();
  boolean draining;

  SimProxy(World world) {
    ledger = Ledger.alone(world::instant);
  }
}
