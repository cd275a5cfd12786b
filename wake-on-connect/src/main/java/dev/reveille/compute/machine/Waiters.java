package dev.reveille.compute.machine;

import java.util.ArrayList;
import java.util.List;

/** Who waits for a wake, in the order of their coming. Each is answered exactly once or has left. */
public record Waiters(List<Long> ids) {
  public static final Waiters NONE = new Waiters(List.of());

  public Waiters {
    ids = List.copyOf(ids);
  }

  static Waiters of(long waiter) {
    return new Waiters(List.of(waiter));
  }

  boolean isEmpty() {
    return ids.isEmpty();
  }

  int size() {
    return ids.size();
  }

  Waiters with(long waiter) {
    List<Long> more = new ArrayList<>(ids);
    more.add(waiter);
    return new Waiters(more);
  }

  Waiters without(long waiter) {
    List<Long> fewer = new ArrayList<>(ids);
    fewer.remove((Long) waiter);
    return new Waiters(fewer);
  }
}
