package dev.reveille.proxy.budget;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.AccountUsageTable;
import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.ProxyLife;
import dev.reveille.cell.Route;
import dev.reveille.compute.Recall;
import dev.reveille.compute.RecalledException;
import dev.reveille.compute.StartPermit;
import dev.reveille.proxy.budget.UsageView.DatabaseUsageView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What each account uses, over all proxies, and what is left of it. What is counted here is exact; of
 * the other proxies it is what they last said through the catalog. So on one proxy no budget is passed,
 * and over several by no more than what the others admitted since they last told and were last heard.
 * While the catalog is away, what was heard last stands, and wakes go on by it.
 *
 * <p>Any thread. Only what {@link AccountBudget} says so of blocks.
 */
public final class AccountLedger implements AccountBudget, ComputeWatch, AutoCloseable {
  /** What was heard longer ago is asked for anew before something is made. */
  static final Duration FRESH = Duration.ofSeconds(1);
  /** The same before a session is admitted that may wake something. */
  static final Duration FRESH_FOR_WAKES = Duration.ofSeconds(5);
  /** How long an admission waits for what the catalog has to say; then it goes by what is known. */
  static final Duration PATIENCE = Duration.ofMillis(250);

  private static final long KIB_SECONDS_OF_A_GB_HOUR = 1024L * 1024 * 3600;

  private final AccountUsageTable catalog;
  private final ConcurrentMap<AccountId, AccountUse> uses = new ConcurrentHashMap<>();
  private final Plans plans;
  private final InstantSource clock;
  private final Pause pause;
  private final AccountListener listener;
  private final Meter meter;
  private final ComputeClock computeClock;
  private final Advice advice;
  private final AccountExchange exchange;

  /**
   * Says nothing to the others before {@link #start}.
   *
   * @param flush how often what was metered is written down; after a kill as much is lost
   */
  public AccountLedger(AccountUsageTable catalog, ProxyLife life, Plans plans, Duration flush,
      InstantSource clock, LongSupplier nanoTime, Pause pause, AccountListener listener) {
    this.catalog = catalog;
    this.plans = plans;
    this.clock = clock;
    this.pause = pause;
    this.listener = listener;
    meter = new Meter(life.home(), life.id());
    List<CellId> cells = life.cells();
    computeClock = new ComputeClock(meter, cells::contains, clock, nanoTime);
    advice = new Advice(catalog);
    exchange = new AccountExchange(catalog, life.id(), uses, this::use, meter, computeClock, flush,
        clock);
  }

  /** Begins to listen and to measure; blocks for nothing. */
  public void start(RunningComputes computes) {
    exchange.start(computes);
  }

  /** One round of the exchange, at once, on the caller's thread. */
  void round() {
    exchange.round(true);
  }

  /** The plans that accounts may have here. */
  public Plans plans() {
    return plans;
  }

  /** Completes, soon, when it is known where the account stands. Never fails. */
  public CompletionStage<Void> known(AccountId account) {
    return known(use(account), clock.instant().minus(FRESH_FOR_WAKES), false);
  }

  private CompletionStage<Void> known(AccountUse use, Instant oldest, boolean count) {
    if (exchange.away()) {
      return CompletableFuture.completedFuture(null);
    }
    return use.heardSince(oldest, count, clock.instant())
        .<CompletionStage<Void>>map(heard -> {
          exchange.awaited(use);
          return heard.copy().completeOnTimeout(null, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        })
        .orElseGet(() -> CompletableFuture.completedFuture(null));
  }

  /** Leave to start computes, as long as the account and the credential have some left. */
  public StartPermit starts(AccountId account, StartPermit credential) {
    return new AccountLeave(this, use(account), credential);
  }

  @Override
  public Admission admitCreate(AccountId account) {
    var use = use(account);
    await(known(use, clock.instant().minus(FRESH), true));
    var notices = slowed(use);
    var begun = clock.instant();
    var spent = use.make(begun);
    if (spent.filter(it -> it.budget() == AccountLimit.LIVE_DATABASES).isPresent()) {
      // Some may have been dropped since they were counted.
      await(known(use, clock.instant().plusNanos(1), true));
      begun = clock.instant();
      spent = use.make(begun);
    }
    changed(use);
    if (spent.isPresent()) {
      refused(spent.get());
      throw new BudgetExhausted(advice.on(account, spent.get(), begun));
    }
    return new Making(this, use, begun, notices);
  }

  /** Waits as long as churn makes it wait; what to say of that. */
  private List<String> slowed(AccountUse use) {
    var now = clock.instant();
    var wait = use.slowCreate(now);
    if (wait.isEmpty()) {
      var spent = use.tooMuchChurn(now);
      refused(spent);
      throw new BudgetExhausted(spent);
    }
    return waited(wait.get(), use.churn(now));
  }

  private List<String> waited(Duration wait, String why) {
    if (wait.isZero()) {
      return List.of();
    }
    listener.slowed(wait);
    pause(wait);
    return List.of("slowed down by " + wait.toMillis() + " ms: " + why);
  }

  /** Whoever asked may change their mind meanwhile; what churn has cost stays counted. */
  private void pause(Duration wait) {
    try {
      await(Recall.current().orRecalled(pause.of(wait)));
    } catch (CompletionException e) {
      throw e.getCause() instanceof RecalledException recalled ? recalled : e;
    }
  }

  @Override
  public void admitStorage(AccountId account) {
    var use = use(account);
    await(known(use, clock.instant().minus(FRESH), false));
    var now = clock.instant();
    use.store(now).ifPresent(spent -> {
      refused(spent);
      throw new BudgetExhausted(advice.on(account, spent, now));
    });
  }

  @Override
  public List<String> admitCredential(AccountId account) {
    var use = use(account);
    await(known(use, clock.instant().minus(FRESH), false));
    var now = clock.instant();
    var wait = use.slowCredential(now);
    changed(use);
    return waited(wait, use.credentials(now));
  }

  @Override
  public StartPermit starts(AccountId account) {
    return starts(account, StartPermit.ALWAYS);
  }

  @Override
  public void dropped(AccountId account) {
    var use = use(account);
    use.dropped(clock.instant());
    changed(use);
  }

  /** Everything that is limited, as it is now. Blocks for one question to the catalog. */
  public List<BudgetView> budgets(AccountId account) {
    return fresh(account).budgets(clock.instant());
  }

  /**
   * What an account has used in this month, with at most {@code databases} of its databases. Blocks;
   * throws {@link dev.reveille.cell.CatalogException}.
   */
  public UsageView usage(AccountId account, int databases) {
    var use = fresh(account);
    var now = clock.instant();
    var month = Months.of(now);
    var plan = use.plan();
    return new UsageView(use.name(), plan.name(), Months.begin(month), Months.begin(month + 1),
        use.computeMillis(now) / 1000, use.wakes(now), use.bytes(),
        use.kibSeconds(now) / KIB_SECONDS_OF_A_GB_HOUR, Prices.text(use.spend(now)),
        plan.prices().currency(),
        catalog.usage(account, month, databases)
            .stream()
            .map(one -> new DatabaseUsageView(one.name(), one.database().toString(),
                one.computeMillis() / 1000, one.bytes(), !one.there()))
            .toList());
  }

  private AccountUse fresh(AccountId account) {
    var use = use(account);
    await(known(use, clock.instant().plusNanos(1), true));
    return use;
  }

  /** Compute time of all accounts that was measured here since the start. */
  public Duration computeTime() {
    return Duration.ofMillis(meter.total());
  }

  @Override
  public void belongs(Route route) {
    computeClock.belongs(route);
  }

  @Override
  public void started(Route route, long epoch) {
    computeClock.started(route, epoch);
    use(route.account());
  }

  @Override
  public void dropped(DatabaseId database) {
    computeClock.forget(database);
  }

  Instant now() {
    return clock.instant();
  }

  void refused(AccountSpent spent) {
    listener.refused(spent.budget());
  }

  void changed(AccountUse use) {
    exchange.changed(use, use.pressing(clock.instant()));
  }

  private AccountUse use(AccountId account) {
    return uses.computeIfAbsent(account,
        id -> new AccountUse(id, plans, meter, false, clock.instant()));
  }

  private static void await(CompletionStage<Void> stage) {
    stage.toCompletableFuture().join();
  }

  /** Writes down what was metered. */
  @Override
  public void close() {
    exchange.close();
  }

  /** Leave to make one database; used by one thread. */
  private static final class Making implements Admission {
    private final AccountLedger ledger;
    private final AccountUse use;
    private final Instant begun;
    private final List<String> notices;
    private boolean over;

    Making(AccountLedger ledger, AccountUse use, Instant begun, List<String> notices) {
      this.ledger = ledger;
      this.use = use;
      this.begun = begun;
      this.notices = List.copyOf(notices);
    }

    @Override
    public List<String> notices() {
      return notices;
    }

    @Override
    public void made() {
      if (!over) {
        over = true;
        use.made();
      }
    }

    @Override
    public void close() {
      if (!over) {
        over = true;
        use.notMade(begun);
        ledger.changed(use);
      }
    }
  }
}
