package dev.reveille.compute.machine;

import java.util.ArrayList;
import java.util.List;

/**
 * Who waits for a wake, in the order of their coming. Each is answered exactly once or has left.
 *
 * @param starters those of them that may start the compute; kept only until it is started
 */
public record Waiters(List<Long> ids, List<Long> starters) {
  public static final Waiters NONE = new Waiters(List.of());

  public Waiters {
    ids = List.copyOf(ids);
    starters = List.copyOf(starters);
  }

  /** Waiters of which it does not matter any more who may start. */
  public Waiters(List<Long> ids) {
    this(ids, List.of());
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

  boolean mayStart() {
    return !starters.isEmpty();
  }

  Waiters with(long waiter, boolean mayStart) {
    return new Waiters(more(ids, waiter), mayStart ? more(starters, waiter) : starters);
  }

  Waiters without(long waiter) {
    return new Waiters(fewer(ids, waiter), fewer(starters, waiter));
  }

  Waiters withoutLeave() {
    return starters.isEmpty() ? this : new Waiters(ids);
  }

  private static List<Long> more(List<Long> some, long waiter) {
    List<Long> more = new ArrayList<>(some);
    more.add(waiter);
    return more;
  }

  private static List<Long> fewer(List<Long> some, long waiter) {
    List<Long> fewer = new ArrayList<>(some);
    fewer.remove((Long) waiter);
    return fewer;
  }
}
