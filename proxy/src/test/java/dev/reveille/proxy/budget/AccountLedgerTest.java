package dev.reveille.proxy.budget;

import dev.reveille.cell.Account;
import dev.reveille.cell.AccountId;
import dev.reveille.cell.Cell;
import dev.reveille.cell.CellId;
import dev.reveille.cell.CellState;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.NewDatabase;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.StartPermit;
import dev.reveille.proxy.budget.AccountBudget.Admission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Each budget of an account, spent to its end through two proxies that share one catalog. */
class AccountLedgerTest {
  private final ManualClock clock = new ManualClock("2026-11-21T10:00:00Z");
  private final TwoLedgers two = new TwoLedgers(clock);
  private final AccountId account = two.catalog.defaultAccount();

  @AfterEach
  void close() {
    two.close();
  }

  private Route ready(String name) {
    var route = two.catalog.createDatabase(new NewDatabase(account, name, TwoLedgers.CELL,
        StorageId.random(), DatabaseSettings.DEFAULTS));
    two.catalog.markReady(route.database());
    return route;
  }

  private void make(AccountLedger ledger) {
    try (Admission admission = ledger.admitCreate(account)) {
      admission.made();
    }
  }

  private BudgetExhausted refused(AccountLedger ledger) {
    var refused = catchThrowableOfType(BudgetExhausted.class, () -> make(ledger));
    assertThat(refused).as("refused").isNotNull();
    return refused;
  }

  /** As a session asks: when it is known where the account stands. */
  private StartPermit starts(AccountLedger ledger) {
    ledger.known(account).toCompletableFuture().join();
    return ledger.starts(account);
  }

  private AccountSpent notWoken(AccountLedger ledger) {
    var permit = starts(ledger);
    assertThat(permit.take()).isFalse();
    return (AccountSpent) permit.refusal();
  }

  @Test
  void creates_of_a_minute_are_shared_and_come_back() {
    two.plan(AccountLimit.CREATES_PER_MINUTE, 3);
    make(two.here);
    make(two.here);
    two.exchange();
    make(two.there);
    two.exchange();

    var refused = refused(two.here);

    assertThat(refused).hasMessage("account \"default\" has created databases too often");
    assertThat(refused.detail()).isEqualTo("The budget is creates_per_minute: 3 of 3 used."
        + " It resets at 2026-11-21T10:01:05Z.");
    assertThat(refused.hint()).isEqualTo("Wait, or use a database again instead of making one."
        + " An operator raises it with: reveille account set default"
        + " --limit creates-per-minute=NUMBER");
    clock.pass(Duration.ofSeconds(65));
    make(two.here);
  }

  @Test
  void creates_of_an_hour_outlive_a_restart_and_one_that_fails_costs_nothing() {
    two.plan(AccountLimit.CREATES_PER_HOUR, 2);
    two.here.admitCreate(account).close();
    make(two.here);
    make(two.here);
    two.here.round();

    two.restartHere();

    assertThat(refused(two.here).detail()).isEqualTo("The budget is creates_per_hour: 2 of 2 used."
        + " It resets at 2026-11-21T11:05:00Z.");
  }

  @Test
  void databases_that_live_are_counted_and_the_refusal_names_the_idlest() {
    two.plan(AccountLimit.LIVE_DATABASES, 2);
    ready("old");
    try (Admission making = two.here.admitCreate(account)) {
      assertThat(refused(two.here).detail()).as("one is being made").contains("2 of 2 used");
      ready("young");
      making.made();
    }

    var refused = refused(two.there);

    assertThat(refused).hasMessage("account \"default\" has as many databases as it may have");
    assertThat(refused.detail()).isEqualTo("The budget is live_databases: 2 of 2 used."
        + " It does not reset by itself.");
    assertThat(refused.hint()).startsWith("Drop databases that are not needed, or let them expire"
        + " (ttl). Longest unused: \"old\" (").contains("\"young\" (");
    two.catalog.dropDatabase(account, "old");
    make(two.there);
  }

  @Test
  void wakes_are_shared_and_a_start_that_was_not_made_costs_nothing() {
    two.plan(AccountLimit.WAKES_PER_HOUR, 2);
    two.exchange();
    var unused = starts(two.here);
    assertThat(unused.take()).isTrue();
    unused.giveBack();
    assertThat(starts(two.here).take()).isTrue();
    two.exchange();
    assertThat(starts(two.there).take()).isTrue();
    two.exchange();

    var spent = notWoken(two.here);

    assertThat(spent.message()).isEqualTo("account \"default\" has woken databases too often");
    assertThat(spent.detail()).isEqualTo("The budget is wakes_per_hour: 2 of 2 used."
        + " It resets at 2026-11-21T11:05:00Z.");
    assertThat(spent.hint()).startsWith("Use databases that are awake");
    clock.pass(Duration.ofMinutes(65));
    assertThat(starts(two.here).take()).isTrue();
  }

  @Test
  void a_credential_without_wakes_leaves_those_of_its_account() {
    two.plan(AccountLimit.WAKES_PER_HOUR, 1);
    two.exchange();
    var never = new StartPermit() {
      @Override
      public boolean take() {
        return false;
      }

      @Override
      public void giveBack() {
        throw new IllegalStateException("nothing was taken");
      }

      @Override
      public Instant again() {
        return clock.instant();
      }
    };
    var permit = two.here.starts(account, never);
    assertThat(permit.take()).isFalse();
    permit.giveBack();
    assertThat(permit.again()).isEqualTo(clock.instant());

    assertThat(starts(two.here).take()).isTrue();
  }

  @Test
  void compute_time_counts_over_both_proxies_and_what_runs_is_suspended_when_it_is_spent() {
    two.plan(AccountLimit.COMPUTE_SECONDS, 100);
    var shop = ready("shop");
    var other = ready("other");
    two.computesHere.run(shop, 1);
    two.here.started(shop, 1);
    two.exchange();
    two.nanos.addAndGet(Duration.ofSeconds(60).toNanos());
    two.exchange();
    assertThat(two.computesHere.suspended).isEmpty();
    assertThat(starts(two.here).take()).isTrue();

    two.computesThere.run(other, 1);
    two.there.started(other, 1);
    two.nanos.addAndGet(Duration.ofSeconds(30).toNanos());
    two.exchange();
    two.exchange();

    var spent = notWoken(two.there);

    assertThat(spent.message())
        .isEqualTo("account \"default\" has used up its compute time of this month");
    assertThat(spent.detail()).isEqualTo("The budget is compute_seconds: 120 s of 100 s used."
        + " It resets at 2026-12-01T00:00:00Z.");
    assertThat(two.computesHere.suspended).contains(shop.database());
    assertThat(two.computesThere.suspended).contains(other.database());
    assertThat(refused(two.here).hint()).contains("Most computing: \"shop\" (90 s)");
    clock.pass(Duration.ofDays(10));
    two.exchange();
    assertThat(starts(two.here).take()).isTrue();
  }

  @Test
  void the_spend_cap_holds_whatever_the_money_went_to() {
    two.plan(Map.of(AccountLimit.SPEND_CAP, 50_000L),
        new Prices(3_600_000, 0, 1_000_000, "EUR"));
    two.exchange();
    for (int wake = 0; wake < 20; wake++) {
      assertThat(starts(two.here).take()).isTrue();
    }
    var shop = ready("shop");
    two.computesHere.run(shop, 1);
    two.here.started(shop, 1);
    two.nanos.addAndGet(Duration.ofSeconds(30).toNanos());
    two.exchange();
    two.exchange();

    assertThat(notWoken(two.there).detail()).isEqualTo("The budget is spend_cap: 0.05 EUR of"
        + " 0.05 EUR used. It resets at 2026-12-01T00:00:00Z.");
    assertThat(refused(two.here)).hasMessage("account \"default\" has reached its spend cap of"
        + " this month");
    assertThat(refused(two.here).hint()).endsWith("reveille account set default --spend-cap"
        + " AMOUNT");
    var usage = two.there.usage(account, 10);
    assertThat(usage.cost()).isEqualTo("0.05");
    assertThat(usage.computeSeconds()).isEqualTo(30);
    assertThat(usage.wakes()).isEqualTo(20);

    two.catalog.accountUsage()
        .setTerms(account,
            new Account.Terms(Optional.empty(), Optional.of(1_000_000L), Map.of()));
    two.exchange();
    assertThat(starts(two.there).take()).isTrue();
  }

  @Test
  void bytes_keep_from_creating_but_not_from_waking() {
    two.plan(AccountLimit.BYTES_STORED, 1000);
    var shop = ready("shop");
    two.catalog.accountUsage().measured(TwoLedgers.CELL, Map.of(shop.storage(), 4096L), 682);

    var refused = refused(two.here);

    assertThat(refused.detail()).isEqualTo("The budget is bytes_stored: 4096 bytes of 1000 bytes"
        + " used. It does not reset by itself.");
    assertThat(refused.hint()).contains("Largest: \"shop\" (4096 bytes).");
    assertThat(catchThrowableOfType(BudgetExhausted.class,
        () -> two.there.admitStorage(account))).isNotNull();
    assertThat(starts(two.here).take()).isTrue();
  }

  @Test
  void a_loop_of_creates_and_drops_is_slowed_down_more_and_more_and_ends_with_a_refusal() {
    two.plan(new Plan("default", Map.of(), new Prices(0, 0, 0, "USD"), 10, 10));
    List<String> notices = new ArrayList<>();
    for (int pair = 0; pair < 13; pair++) {
      try (Admission admission = two.here.admitCreate(account)) {
        admission.made();
        notices.addAll(admission.notices());
      }
      two.here.dropped(account);
      clock.pass(Duration.ofMillis(1));
    }

    assertThat(two.pauses).extracting(Duration::toMillis).containsExactly(100L, 299L, 698L);
    assertThat(notices.getFirst()).isEqualTo("slowed down by 100 ms: 10 databases were created"
        + " and dropped in the last hour, 10 are free");
    assertThat(two.slowed).hasSize(3);

    for (int pair = 0; pair < 20; pair++) {
      two.there.dropped(account);
    }
    two.exchange();
    var refused = catchThrowableOfType(BudgetExhausted.class, () -> {
      for (int pair = 0; pair < 12; pair++) {
        make(two.here);
      }
    });
    assertThat(refused).hasMessage("account \"default\" creates and drops databases too quickly");
    assertThat(refused.detail()).startsWith("The budget is churn_per_hour: ")
        .contains(" of 10 used. It resets at 2026-11-21T10:");
    assertThat(two.pauses.getLast()).isLessThanOrEqualTo(SlowDown.PATIENCE);
  }

  @Test
  void many_credentials_are_slowed_down_and_never_refused() {
    two.plan(new Plan("default", Map.of(), new Prices(0, 0, 0, "USD"), 10, 2));
    two.here.admitCredential(account);
    two.here.admitCredential(account);
    assertThat(two.pauses).isEmpty();
    two.exchange();

    assertThat(two.there.admitCredential(account)).singleElement()
        .isEqualTo("slowed down by 100 ms: 3 credentials were made in the last hour, 2 are free");
  }

  @Test
  void while_the_catalog_is_away_what_was_heard_last_holds_and_nothing_is_lost() {
    two.plan(AccountLimit.WAKES_PER_HOUR, 3);
    assertThat(starts(two.there).take()).isTrue();
    two.exchange();
    var shop = ready("shop");
    two.computesHere.run(shop, 1);
    two.here.started(shop, 1);
    two.here.round();

    two.away = true;
    two.nanos.addAndGet(Duration.ofSeconds(7).toNanos());
    two.here.round();
    assertThat(two.here.known(account).toCompletableFuture()).isDone();
    assertThat(starts(two.here).take()).isTrue();
    assertThat(starts(two.here).take()).isTrue();
    assertThat(notWoken(two.here).detail()).contains("3 of 3");

    two.away = false;
    two.exchange();
    two.exchange();
    assertThat(two.there.usage(account, 10).computeSeconds()).isEqualTo(7);
    assertThat(notWoken(two.there).detail()).contains("3 of 3");
  }

  @Test
  void every_budget_can_be_read() {
    two.plan(AccountLimit.WAKES_PER_HOUR, 3);
    two.exchange();
    assertThat(starts(two.here).take()).isTrue();

    assertThat(two.here.budgets(account)).extracting(BudgetView::name)
        .containsExactly("live_databases", "creates_per_minute", "creates_per_hour",
            "wakes_per_hour", "compute_seconds", "bytes_stored", "spend_cap", "churn_per_hour");
    assertThat(two.here.budgets(account)).filteredOn(view -> view.name().equals("wakes_per_hour"))
        .singleElement()
        .extracting(BudgetView::used, BudgetView::limit, BudgetView::unit)
        .containsExactly("1", Optional.of("3"), "wakes");
    assertThat(two.here.plans().views()).singleElement()
        .extracting(PlanView::limits)
        .isEqualTo(Map.of("wakes_per_hour", "3"));
  }

  @Test
  void cells_of_others_are_not_metered() {
    two.plan(Map.of(), new Prices(0, 0, 0, "USD"));
    two.catalog.registerCell(new Cell(new CellId("static"), CellState.ACTIVE, "static", 10));
    var always = two.catalog.createDatabase(new NewDatabase(account, "always",
        new CellId("static"), StorageId.random(), DatabaseSettings.DEFAULTS));
    two.computesHere.run(always, 1);
    two.here.started(always, 1);
    two.nanos.addAndGet(Duration.ofSeconds(7).toNanos());
    two.exchange();

    assertThat(two.here.computeTime()).isZero();
  }
}
