package dev.reveille.chaos.product;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.tools.Command;
import dev.reveille.chaos.tools.Tools;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import static org.assertj.core.api.Assertions.assertThat;

/** An agent spends what its account has, and reads with psql what that means and what to do. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BudgetsTest {
  private static final String BUDGETS = Products.SMALL + """
      plans:
        - name: default
          price-compute-hour: 0.12
          price-thousand-wakes: 2.5
          currency: EUR
      accounts:
        flush: 1s
        measure-storage: 1s
      """;
  private static final String TIME = "2[0-9]{3}-[0-9-]+T[0-9:]+Z";

  @SuppressWarnings("NullAway.Init")
  private static RunningReveille reveille;
  @SuppressWarnings("NullAway.Init")
  private static ConnectionString shop;

  @BeforeAll
  static void start() throws Exception {
    reveille = Products.start(BUDGETS);
    shop = reveille.create("shop");
    assertThat(psql("select 1").succeeded()).isTrue();
  }

  @AfterAll
  static void stop() throws Exception {
    reveille.close();
  }

  private static Command.Outcome psql(String statement) {
    return Command.of(Tools.pgProgram("psql").toString(), "-XAtq", "-c", statement, shop.text())
        .run();
  }

  private static void set(String... words) {
    String[] all = new String[words.length + 3];
    all[0] = "account";
    all[1] = "set";
    all[2] = "default";
    System.arraycopy(words, 0, all, 3, words.length);
    reveille.run(all);
  }

  private static void refusedWith(String message, String detail, String hint) {
    Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
      reveille.tryRun("suspend", "shop");
      assertThat(psql("select 1").err()).containsPattern("FATAL:  " + message)
          .containsPattern("DETAIL:  " + detail)
          .containsPattern("HINT:  " + hint);
    });
  }

  @Test
  @Order(1)
  void creates_end_and_the_agent_is_told_when_they_go_on() {
    set("--limit", "creates-per-hour=2");
    reveille.run("create", "second");

    Command.Outcome third = reveille.tryRun("create", "third");

    assertThat(third.succeeded()).isFalse();
    assertThat(third.err()).contains("account \"default\" has created databases too often");
    set("--limit", "creates-per-hour=default", "--limit", "live-databases=2");
    assertThat(reveille.tryRun("create", "third").err())
        .contains("account \"default\" has as many databases as it may have")
        .containsPattern("Longest unused: \"(shop|second)\" \\(0 min\\)");
    reveille.run("drop", "second");
    reveille.run("create", "third");
    set("--limit", "live-databases=default");
  }

  @Test
  @Order(2)
  void wakes_end_and_a_database_that_is_awake_is_served() throws Exception {
    reveille.run("suspend", "shop");
    assertThat(psql("select 1").succeeded()).as("a wake that is left").isTrue();
    set("--limit", "wakes-per-hour=1");
    assertThat(psql("select 1").succeeded()).as("it is awake").isTrue();

    refusedWith("account \"default\" has woken databases too often",
        "The budget is wakes_per_hour: 1 of 1 used\\. It resets at " + TIME + "\\.",
        "Use databases that are awake, set a longer suspend_after, or wait\\. An operator raises it"
            + " with: reveille account set default --limit wakes-per-hour=NUMBER");
    assertThat(reveille.metric("reveille_budget_refusals_total", "budget=\"wakes_per_hour\""))
        .isPositive();
    set("--limit", "wakes-per-hour=default");
  }

  @Test
  @Order(3)
  void compute_time_ends_what_runs_and_what_would_start() {
    assertThat(psql("select pg_sleep(2)").succeeded()).isTrue();
    set("--limit", "compute-seconds=1");

    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(reveille.run("list")).doesNotContain("awake"));
    refusedWith("account \"default\" has used up its compute time of this month",
        "The budget is compute_seconds: [0-9]+ s of 1 s used\\. It resets at " + TIME + "\\.",
        "What is stored stays\\. It can be used again after the reset\\.");
    set("--limit", "compute-seconds=default");
    assertThat(psql("select 1").succeeded()).isTrue();
  }

  @Test
  @Order(4)
  void the_spend_cap_is_named_with_its_money() {
    set("--spend-cap", "0.0001");

    refusedWith("account \"default\" has reached its spend cap of this month",
        "The budget is spend_cap: [0-9.]+ EUR of 0\\.0001 EUR used\\. It resets at " + TIME,
        ".*reveille account set default --spend-cap AMOUNT");
    set("--spend-cap", "default");
    assertThat(psql("select 1").succeeded()).isTrue();
  }

  @Test
  @Order(5)
  void bytes_are_measured_and_end_creates_alone() {
    set("--limit", "bytes-stored=1000");

    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(reveille.tryRun("create", "more").err())
            .contains("account \"default\" stores as many bytes as it may store")
            .contains("Largest: "));
    assertThat(psql("select 1").succeeded()).isTrue();
    set("--limit", "bytes-stored=default");
  }

  @Test
  @Order(6)
  void what_was_metered_outlives_a_kill_but_for_its_last_seconds() throws Exception {
    long before = Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(BudgetsTest::computeSeconds, seconds -> seconds > 2);
    reveille.killProxy();
    reveille.startAgain();

    assertThat(computeSeconds()).isBetween(before - 5, before + 5);
    assertThat(reveille.run("account", "show")).contains("compute_seconds")
        .contains("default")
        .contains("EUR");
  }

  private static long computeSeconds() {
    String json = reveille.run("account", "show", "--json");
    String key = "\"computeSeconds\" : ";
    int from = json.indexOf(key) + key.length();
    return Long.parseLong(json.substring(from, json.indexOf(',', from)).strip());
  }
}
