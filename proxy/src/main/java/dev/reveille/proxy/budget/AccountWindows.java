package dev.reveille.proxy.budget;

import dev.reveille.cell.AccountCount;
import dev.reveille.cell.AccountId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What happened to an account lately, here and elsewhere, by sliding windows. Not thread-safe. */
final class AccountWindows {
  private final Map<Counted, SlidingWindow> own = windows();
  private final Map<Counted, SlidingWindow> others = windows();

  private static Map<Counted, SlidingWindow> windows() {
    Map<Counted, SlidingWindow> windows = new EnumMap<>(Counted.class);
    for (var what : Counted.values()) {
      windows.put(what, what.window());
    }
    return windows;
  }

  void add(Counted what, Instant now) {
    var window = here(what);
    window.add(window.slice(now), 1);
  }

  void takeBack(Counted what, Instant since) {
    var window = here(what);
    window.takeBack(window.slice(since), 1);
  }

  int sum(Counted what, Instant now) {
    return here(what).sum(now) + there(what).sum(now);
  }

  /** Databases created and dropped again. */
  int pairs(Instant now) {
    return Math.min(sum(Counted.CREATES, now), sum(Counted.DROPS, now));
  }

  /** When fewer than {@code limit} of what counts now will count. */
  Instant below(Counted what, long limit, Instant now) {
    return SlidingWindow.below((int) Math.max(1, Math.min(limit, Integer.MAX_VALUE)), now,
        here(what), there(what));
  }

  /** What is counted here. */
  List<AccountCount> tell(AccountId account, Instant now) {
    List<AccountCount> counts = new ArrayList<>();
    for (var what : Counted.values()) {
      here(what).sum(now);
      counts.add(new AccountCount(account, what.word(), here(what).snapshot()));
    }
    return counts;
  }

  /** What is counted elsewhere; in place of what was heard before. */
  void hear(List<AccountCount> told, Instant now) {
    others.values().forEach(SlidingWindow::clear);
    add(told, others, now);
  }

  /** What was counted here before it was forgotten. */
  void remember(List<AccountCount> before, Instant now) {
    add(before, own, now);
  }

  private static void add(List<AccountCount> counts, Map<Counted, SlidingWindow> windows,
      Instant now) {
    for (var count : counts) {
      Counted.of(count.counted())
          .map(windows::get)
          .ifPresent(window -> window.add(count.counts(), now));
    }
  }

  private SlidingWindow here(Counted what) {
    return own.computeIfAbsent(what, Counted::window);
  }

  private SlidingWindow there(Counted what) {
    return others.computeIfAbsent(what, Counted::window);
  }
}
