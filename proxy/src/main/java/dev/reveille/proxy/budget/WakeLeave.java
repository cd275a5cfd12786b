package dev.reveille.proxy.budget;

import dev.reveille.cell.CredentialLimits;
import dev.reveille.compute.StartPermit;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Leave for one of a credential's wakes of the hour. Confined to the lane of one database. */
final class WakeLeave implements StartPermit {
  private final Ledger ledger;
  private final CredentialUse use;
  private final CredentialLimits limits;
  private final InstantSource clock;
  private Optional<Long> taken = Optional.empty();

  WakeLeave(Ledger ledger, CredentialUse use, CredentialLimits limits, InstantSource clock) {
    this.ledger = ledger;
    this.use = use;
    this.limits = limits;
    this.clock = clock;
  }

  @Override
  public boolean take() {
    taken = use.wake(limits.wakesPerHour(), clock.instant());
    ledger.changed(use, limits);
    return taken.isPresent();
  }

  @Override
  public void giveBack() {
    taken.ifPresent(use::notWoken);
    taken = Optional.empty();
    ledger.changed(use, limits);
  }

  @Override
  public Instant again() {
    return use.wakesAgain(limits.wakesPerHour(), clock.instant());
  }
}
