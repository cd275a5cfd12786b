package dev.reveille.proxy.budget;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.MeterBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was metered here and is not yet in the catalog. A batch that was taken stays the same until it is
 * confirmed, so that it can be sent again and counts once. Any thread; nothing blocks.
 */
final class Meter {
  private record Owner(AccountId account, int month) {}

  private record Place(AccountId account, DatabaseId database, int month) {}

  private record Time(String name, long millis) {}

  private final UUID home;
  private final UUID life;
  private Map<Place, Time> computes = new HashMap<>();
  private Map<Owner, Integer> wakes = new HashMap<>();
  private long number;
  private @Nullable MeterBatch sent;
  private long total;

  Meter(UUID home, UUID life) {
    this.home = home;
    this.life = life;
  }

  synchronized void ran(AccountId account, DatabaseId database, String name, int month,
      long millis) {
    total += millis;
    computes.merge(new Place(account, database, month), new Time(name, millis),
        (before, more) -> new Time(more.name(), before.millis() + more.millis()));
  }

  /** {@code count} is -1 for a wake that was given back. */
  synchronized void woken(AccountId account, int month, int count) {
    wakes.merge(new Owner(account, month), count, Integer::sum);
  }

  /** What is still to be sent, the same as before if that was not confirmed. */
  synchronized Optional<MeterBatch> batch() {
    if (sent == null && !(computes.isEmpty() && wakes.isEmpty())) {
      List<MeterBatch.Compute> times = new ArrayList<>();
      computes.forEach((place, time) -> times.add(new MeterBatch.Compute(place.account(),
          place.database(), time.name(), place.month(), time.millis())));
      List<MeterBatch.Wakes> starts = new ArrayList<>();
      wakes.forEach((owner, count) -> starts.add(
          new MeterBatch.Wakes(owner.account(), owner.month(), count)));
      sent = new MeterBatch(home, life, ++number, times, starts);
      computes = new HashMap<>();
      wakes = new HashMap<>();
    }
    return Optional.ofNullable(sent);
  }

  /** The batch is in the catalog; whose it was. */
  synchronized Set<AccountId> confirmed() {
    MeterBatch done = sent;
    sent = null;
    return done == null
        ? Set.of()
        : Stream.concat(done.computes().stream().map(MeterBatch.Compute::account),
            done.wakes().stream().map(MeterBatch.Wakes::account)).collect(Collectors.toSet());
  }

  synchronized boolean empty() {
    return sent == null && computes.isEmpty() && wakes.isEmpty();
  }

  /** Compute time of the account that the catalog does not have yet. */
  synchronized long millis(AccountId account, int month) {
    long millis = 0;
    for (var entry : computes.entrySet()) {
      if (entry.getKey().account().equals(account) && entry.getKey().month() == month) {
        millis += entry.getValue().millis();
      }
    }
    if (sent != null) {
      for (var compute : sent.computes()) {
        if (compute.account().equals(account) && compute.month() == month) {
          millis += compute.millis();
        }
      }
    }
    return millis;
  }

  /** Wakes of the account that the catalog does not have yet. */
  synchronized int wakes(AccountId account, int month) {
    int count = wakes.getOrDefault(new Owner(account, month), 0);
    if (sent != null) {
      for (var wake : sent.wakes()) {
        count += wake.account().equals(account) && wake.month() == month ? wake.count() : 0;
      }
    }
    return count;
  }

  /** Compute time of all accounts since the start. */
  synchronized long total() {
    return total;
  }
}
