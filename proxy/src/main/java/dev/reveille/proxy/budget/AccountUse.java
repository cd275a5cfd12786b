package dev.reveille.proxy.budget;

import dev.reveille.cell.AccountCount;
import dev.reveille.cell.AccountId;
import dev.reveille.cell.AccountStanding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one account uses: counted here, told by the other proxies, and added up in the catalog. Every
 * decision is made under this object's lock, so that on one proxy no budget is ever passed. Nothing in
 * here waits.
 */
final class AccountUse {
  private final AccountId account;
  private final Plans plans;
  private final Meter meter;
  private final AccountWindows windows = new AccountWindows();
  private final SlowDown creates = new SlowDown();
  private final SlowDown credentials = new SlowDown();
  private Plan plan;
  private @Nullable AccountStanding standing;
  private int standingMonth;
  private boolean loaded;
  private boolean changed;
  private Instant touched;
  private Instant heard = Instant.MIN;
  /** When the databases that are ready were counted, how many, and how many became ready since. */
  private Instant counted = Instant.MIN;
  private int ready;
  private int madeSince;
  private int making;
  private boolean countWanted;
  private @Nullable CompletableFuture<Void> waiting;
  private @Nullable CompletableFuture<Void> answering;

  AccountUse(AccountId account, Plans plans, Meter meter, boolean loaded, Instant now) {
    this.account = account;
    this.plans = plans;
    this.meter = meter;
    this.loaded = loaded;
    plan = plans.standard();
    touched = now;
  }

  AccountId account() {
    return account;
  }

  /** Counts one more database that is being made, unless a budget is used up. */
  synchronized Optional<AccountSpent> make(Instant now) {
    touched = now;
    var spent = money(now).or(() -> computeTime(now))
        .or(() -> over(AccountLimit.BYTES_STORED, bytes(), Optional::empty))
        .or(() -> over(AccountLimit.LIVE_DATABASES, live(), Optional::empty))
        .or(() -> window(AccountLimit.CREATES_PER_MINUTE, Counted.CREATES_MINUTE, now))
        .or(() -> window(AccountLimit.CREATES_PER_HOUR, Counted.CREATES, now));
    if (spent.isEmpty()) {
      making++;
      add(Counted.CREATES_MINUTE, now);
      add(Counted.CREATES, now);
    }
    return spent;
  }

  synchronized void made() {
    making--;
    madeSince++;
  }

  synchronized void notMade(Instant since) {
    making--;
    takeBack(Counted.CREATES_MINUTE, since);
    takeBack(Counted.CREATES, since);
  }

  /** Whether more may be stored. */
  synchronized Optional<AccountSpent> store(Instant now) {
    touched = now;
    return money(now).or(() -> over(AccountLimit.BYTES_STORED, bytes(), Optional::empty));
  }

  /** Counts one more start, unless a budget is used up. */
  synchronized Optional<AccountSpent> wake(Instant now) {
    touched = now;
    var spent = money(now).or(() -> computeTime(now))
        .or(() -> window(AccountLimit.WAKES_PER_HOUR, Counted.WAKES, now));
    if (spent.isEmpty()) {
      add(Counted.WAKES, now);
      meter.woken(account, Months.of(now), 1);
    }
    return spent;
  }

  synchronized void notWoken(Instant since) {
    takeBack(Counted.WAKES, since);
    meter.woken(account, Months.of(since), -1);
  }

  /** What keeps its computes from running at all. */
  synchronized Optional<AccountSpent> exhausted(Instant now) {
    return money(now).or(() -> computeTime(now));
  }

  synchronized void dropped(Instant now) {
    touched = now;
    add(Counted.DROPS, now);
  }

  /** How long a create has to wait because many were created and dropped again; empty is too long. */
  synchronized Optional<Duration> slowCreate(Instant now) {
    touched = now;
    return creates.wait(windows.pairs(now), plan.churnPerHour(), now);
  }

  synchronized AccountSpent tooMuchChurn(Instant now) {
    return spent(AccountLimit.CHURN_PER_HOUR, windows.pairs(now), plan.churnPerHour(),
        Optional.of(creates.again(windows.pairs(now), plan.churnPerHour(), now)));
  }

  synchronized String churn(Instant now) {
    return windows.pairs(now) + " databases were created and dropped in the last hour, "
        + plan.churnPerHour() + " are free";
  }

  /** Counts one more credential; how long it has to wait. */
  synchronized Duration slowCredential(Instant now) {
    touched = now;
    var wait = credentials.wait(windows.sum(Counted.CREDENTIALS, now), plan.credentialsPerHour(),
        now);
    add(Counted.CREDENTIALS, now);
    return wait.orElse(SlowDown.PATIENCE);
  }

  synchronized String credentials(Instant now) {
    return windows.sum(Counted.CREDENTIALS, now) + " credentials were made in the last hour, "
        + plan.credentialsPerHour() + " are free";
  }

  /** Everything that is limited, as it is now. */
  synchronized List<BudgetView> budgets(Instant now) {
    touched = now;
    List<BudgetView> views = new ArrayList<>();
    for (var limit : AccountLimit.values()) {
      var most = limit == AccountLimit.CHURN_PER_HOUR
          ? OptionalLong.of(plan.churnPerHour())
          : plan.limit(limit);
      views.add(new BudgetView(limit.word(), plan.number(limit, used(limit, now)),
          most.isPresent()
              ? Optional.of(plan.number(limit, most.getAsLong()))
              : Optional.empty(),
          plan.unit(limit), resets(limit, now)));
    }
    return views;
  }

  private long used(AccountLimit limit, Instant now) {
    return switch (limit) {
      case LIVE_DATABASES -> live();
      case CREATES_PER_MINUTE -> windows.sum(Counted.CREATES_MINUTE, now);
      case CREATES_PER_HOUR -> windows.sum(Counted.CREATES, now);
      case WAKES_PER_HOUR -> windows.sum(Counted.WAKES, now);
      case COMPUTE_SECONDS -> computeMillis(now) / 1000;
      case BYTES_STORED -> bytes();
      case SPEND_CAP -> spend(now);
      case CHURN_PER_HOUR -> windows.pairs(now);
    };
  }

  private Optional<Instant> resets(AccountLimit limit, Instant now) {
    return switch (limit) {
      case LIVE_DATABASES, BYTES_STORED -> Optional.empty();
      case CREATES_PER_MINUTE -> Optional.of(windows.below(Counted.CREATES_MINUTE, 1, now));
      case CREATES_PER_HOUR -> Optional.of(windows.below(Counted.CREATES, 1, now));
      case WAKES_PER_HOUR -> Optional.of(windows.below(Counted.WAKES, 1, now));
      case COMPUTE_SECONDS, SPEND_CAP -> Optional.of(nextMonth(now));
      case CHURN_PER_HOUR -> Optional.of(windows.below(Counted.DROPS, 1, now));
    };
  }

  synchronized Plan plan() {
    return plan;
  }

  synchronized String name() {
    var known = standing;
    return known == null ? account.toString() : known.account().name();
  }

  synchronized long computeMillis(Instant now) {
    return meter.millis(account, Months.of(now))
        + standing(now).map(AccountStanding::computeMillis).orElse(0L);
  }

  synchronized long wakes(Instant now) {
    return meter.wakes(account, Months.of(now))
        + standing(now).map(AccountStanding::wakes).orElse(0L);
  }

  synchronized long kibSeconds(Instant now) {
    return standing(now).map(AccountStanding::kibSeconds).orElse(0L);
  }

  synchronized long bytes() {
    var known = standing;
    return known == null ? 0 : known.bytes();
  }

  synchronized long spend(Instant now) {
    return plan.prices().spent(computeMillis(now), kibSeconds(now), wakes(now));
  }

  private int live() {
    return ready + madeSince + making;
  }

  private Optional<AccountStanding> standing(Instant now) {
    return standingMonth == Months.of(now) ? Optional.ofNullable(standing) : Optional.empty();
  }

  private Optional<AccountSpent> money(Instant now) {
    return over(AccountLimit.SPEND_CAP, spend(now), () -> Optional.of(nextMonth(now)));
  }

  private Optional<AccountSpent> computeTime(Instant now) {
    return over(AccountLimit.COMPUTE_SECONDS, computeMillis(now) / 1000,
        () -> Optional.of(nextMonth(now)));
  }

  private Optional<AccountSpent> window(AccountLimit limit, Counted what, Instant now) {
    return over(limit, windows.sum(what, now), () -> plan.limit(limit)
        .stream()
        .mapToObj(most -> windows.below(what, most, now))
        .findFirst());
  }

  private Optional<AccountSpent> over(AccountLimit limit, long used,
      Supplier<Optional<Instant>> resets) {
    var most = plan.limit(limit);
    return most.isPresent() && used >= most.getAsLong()
        ? Optional.of(spent(limit, used, most.getAsLong(), resets.get()))
        : Optional.empty();
  }

  private AccountSpent spent(AccountLimit limit, long used, long most,
      Optional<Instant> resets) {
    return new AccountSpent(limit, name(), plan.text(limit, used), plan.text(limit, most), resets,
        "");
  }

  private static Instant nextMonth(Instant now) {
    return Months.begin(Months.of(now) + 1);
  }

  private void add(Counted what, Instant now) {
    windows.add(what, now);
    changed = true;
  }

  private void takeBack(Counted what, Instant since) {
    windows.takeBack(what, since);
    changed = true;
  }

  /**
   * Completes when what the catalog has is known to be no older; empty if that is so already.
   *
   * @param count whether databases have to be counted
   */
  synchronized Optional<CompletableFuture<Void>> heardSince(Instant oldest, boolean count,
      Instant now) {
    touched = now;
    if (loaded && !heard.isBefore(oldest) && (!count || !counted.isBefore(oldest))) {
      return Optional.empty();
    }
    countWanted |= count;
    if (waiting == null) {
      waiting = new CompletableFuture<>();
    }
    return Optional.of(waiting);
  }

  synchronized boolean awaited() {
    return waiting != null;
  }

  synchronized boolean unsaid() {
    return changed && loaded;
  }

  synchronized boolean touchedSince(Instant when) {
    return !touched.isBefore(when);
  }

  /** Whether so little is left of a window that the others should be told at once. */
  synchronized boolean pressing(Instant now) {
    return scarce(AccountLimit.CREATES_PER_MINUTE, Counted.CREATES_MINUTE, now)
        || scarce(AccountLimit.CREATES_PER_HOUR, Counted.CREATES, now)
        || scarce(AccountLimit.WAKES_PER_HOUR, Counted.WAKES, now);
  }

  private boolean scarce(AccountLimit limit, Counted what, Instant now) {
    var most = plan.limit(limit);
    return most.isPresent() && most.getAsLong() - windows.sum(what, now) <= most.getAsLong() / 4;
  }

  /** Whether nothing is lost by forgetting it. */
  synchronized boolean dispensable(Instant idleSince) {
    return !changed && loaded && waiting == null && answering == null && making == 0
        && touched.isBefore(idleSince);
  }

  /** What to tell the others, who are told as soon as this returns. */
  synchronized List<AccountCount> tell(Instant now) {
    changed = false;
    return windows.tell(account, now);
  }

  /** They could not be told. */
  synchronized void untold() {
    changed = true;
  }

  /**
   * The catalog is asked now; whoever begins to wait later is answered by the next round.
   *
   * @return how far databases are to be counted; 0 for not at all
   */
  synchronized int asked() {
    answering = waiting;
    waiting = null;
    if (!countWanted) {
      return 0;
    }
    countWanted = false;
    // What is made from now on may be in the count or not; until the next it counts twice.
    madeSince = 0;
    return (int) Math.min(100_000, plan.limit(AccountLimit.LIVE_DATABASES).orElse(99_999) + 1);
  }

  /**
   * What the catalog says.
   *
   * @param wasCounted whether databases were counted
   * @return who waits for it
   */
  synchronized Optional<CompletableFuture<Void>> hear(List<AccountCount> told,
      List<AccountCount> before, Optional<AccountStanding> stands, boolean wasCounted,
      Instant now) {
    windows.hear(told, now);
    if (!loaded) {
      loaded = true;
      windows.remember(before, now);
    }
    standing = stands.orElse(null);
    standingMonth = Months.of(now);
    plan = stands.map(known -> plans.of(known.account().terms())).orElse(plans.standard());
    heard = now;
    if (wasCounted) {
      ready = stands.map(AccountStanding::ready).orElse(0);
      counted = now;
    }
    var answered = Optional.ofNullable(answering);
    answering = null;
    return answered;
  }

  /** The catalog cannot be asked: what is known has to do. */
  synchronized List<CompletableFuture<Void>> unanswered() {
    var unanswered = Stream.of(Optional.ofNullable(answering), Optional.ofNullable(waiting))
        .flatMap(Optional::stream)
        .toList();
    answering = null;
    waiting = null;
    return unanswered;
  }
}
