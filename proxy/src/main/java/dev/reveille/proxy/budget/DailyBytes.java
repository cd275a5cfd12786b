package dev.reveille.proxy.budget;

import dev.reveille.cell.CredentialLimits;
import dev.reveille.proxy.relay.ByteBudget;
import dev.reveille.wire.ErrorFields;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;

/** A credential's bytes of the day, as one of its sessions takes of them. Any thread. */
final class DailyBytes implements ByteBudget {
  private final Ledger ledger;
  private final CredentialUse use;
  private final CredentialLimits limits;
  private final Function<Spent, ErrorFields> words;
  private final InstantSource clock;
  private volatile long day;

  DailyBytes(Ledger ledger, CredentialUse use, CredentialLimits limits,
      Function<Spent, ErrorFields> words, InstantSource clock) {
    this.ledger = ledger;
    this.use = use;
    this.limits = limits;
    this.words = words;
    this.clock = clock;
  }

  @Override
  public boolean take(long bytes) {
    var now = clock.instant();
    day = CredentialUse.day(now);
    var taken = use.takeBytes(bytes, limits.dailyBytesOut(), now);
    ledger.changed(use, limits);
    return taken;
  }

  /** What was taken yesterday is not given back to today. */
  @Override
  public void giveBack(long bytes) {
    var now = clock.instant();
    if (day == CredentialUse.day(now)) {
      use.giveBackBytes(bytes, now);
      ledger.changed(use, limits);
    }
  }

  @Override
  public ErrorFields exhausted() {
    var tomorrow = CredentialUse.midnight(clock.instant());
    return words.apply(
        new Spent(Budget.BYTES, limits.dailyBytesOut(), Optional.of(tomorrow)));
  }
}
