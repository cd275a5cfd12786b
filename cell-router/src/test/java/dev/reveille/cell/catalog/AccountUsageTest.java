package dev.reveille.cell.catalog;

import dev.reveille.cell.Account;
import dev.reveille.cell.AccountCount;
import dev.reveille.cell.AccountId;
import dev.reveille.cell.AccountStanding;
import dev.reveille.cell.AccountUsageTable;
import dev.reveille.cell.Cell;
import dev.reveille.cell.CellId;
import dev.reveille.cell.CellState;
import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.CheckpointId;
import dev.reveille.cell.CheckpointKind;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.DatabaseUsage;
import dev.reveille.cell.MeterBatch;
import dev.reveille.cell.NewDatabase;
import dev.reveille.cell.Route;
import dev.reveille.cell.SlicedCount;
import dev.reveille.cell.StorageId;
import dev.reveille.cell.TestPostgres;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AccountUsageTest {
  private static final int MONTH = 682;
  private static final CellId A = new CellId("a");

  private final String database = TestPostgres.freshDatabase();
  private final PostgresCatalog catalog = new PostgresCatalog(TestPostgres.settings(database));
  private final AccountUsageTable usage = catalog.accountUsage();
  private final AccountId account = catalog.defaultAccount();
  private final UUID here = UUID.randomUUID();
  private final UUID there = UUID.randomUUID();

  @BeforeEach
  void cell() {
    catalog.registerCell(new Cell(A, CellState.ACTIVE, "local", 100));
  }

  private Route ready(String name) {
    Route route = catalog.createDatabase(
        new NewDatabase(account, name, A, StorageId.random(), DatabaseSettings.DEFAULTS));
    catalog.markReady(route.database());
    return route;
  }

  private AccountStanding standing() {
    return usage.exchange(here, List.of(), List.of(account), MONTH, 10).standings().getFirst();
  }

  private static MeterBatch batch(UUID home, UUID life, long number, Route route, long millis) {
    return new MeterBatch(home, life, number,
        List.of(new MeterBatch.Compute(route.account(), route.database(), route.name(), MONTH,
            millis)),
        List.of(new MeterBatch.Wakes(route.account(), MONTH, 1)));
  }

  @AfterEach
  void close() {
    assertThat(catalog.lentConnections()).as("connections not given back").isZero();
    catalog.close();
  }

  @Test
  void what_one_proxy_counts_the_other_hears() {
    AccountCount count = new AccountCount(account, "creates",
        new SlicedCount(100, List.of(3, 0, 1)));

    assertThat(usage.exchange(here, List.of(count), List.of(account), MONTH, 0).others())
        .isEmpty();
    AccountUsageTable.Said heard = usage.exchange(there, List.of(), List.of(account), MONTH, 0);
    assertThat(heard.others()).containsExactly(count);
    assertThat(heard.own()).isEmpty();
    assertThat(usage.exchange(here, List.of(), List.of(account), MONTH, 0).own())
        .containsExactly(count);
  }

  @Test
  void a_batch_counts_once_however_often_it_is_sent() {
    Route shop = ready("shop");
    UUID home = UUID.randomUUID();
    UUID life = UUID.randomUUID();

    usage.meter(batch(home, life, 1, shop, 1500));
    usage.meter(batch(home, life, 1, shop, 1500));
    assertThat(standing().computeMillis()).isEqualTo(1500);

    usage.meter(batch(home, life, 2, shop, 500));
    usage.meter(batch(home, UUID.randomUUID(), 1, shop, 100));
    assertThat(standing().computeMillis()).isEqualTo(2100);
    assertThat(standing().wakes()).isEqualTo(3);
    assertThat(usage.usage(account, MONTH, 10)).singleElement()
        .extracting(DatabaseUsage::name, DatabaseUsage::computeMillis, DatabaseUsage::there)
        .containsExactly("shop", 2100L, true);
  }

  @Test
  void bytes_are_charged_for_the_time_between_two_measurements() {
    Route shop = ready("shop");
    StorageId nobodys = StorageId.random();
    StorageId base = StorageId.random();
    catalog.checkpoints()
        .createCheckpoint(new Checkpoint(CheckpointId.random(), account, shop.database(), "shop",
            "base-1", A, base, CheckpointKind.BASE, "test", Instant.now(), Optional.empty(), 0));

    usage.measured(A, Map.of(shop.storage(), 10L << 20, nobodys, 1L << 30, base, 1L << 30), MONTH);
    assertThat(standing().bytes()).isEqualTo(10L << 20);
    assertThat(standing().kibSeconds()).isZero();

    TestPostgres.execute(database,
        "update reveille.account_storage set measured_at = now() - interval '100 seconds'");
    usage.measured(A, Map.of(shop.storage(), 20L << 20), MONTH);
    assertThat(standing().bytes()).isEqualTo(20L << 20);
    assertThat(standing().kibSeconds()).isBetween(1_024_000L, 1_150_000L);

    usage.measured(A, Map.of(), MONTH);
    assertThat(standing().bytes()).isZero();
  }

  @Test
  void databases_are_counted_while_they_are_ready_and_no_further_than_asked() {
    ready("a");
    ready("b");
    catalog.createDatabase(
        new NewDatabase(account, "c", A, StorageId.random(), DatabaseSettings.DEFAULTS));
    assertThat(standing().ready()).isEqualTo(2);
    assertThat(usage.exchange(here, List.of(), List.of(account), MONTH, 1)
        .standings()
        .getFirst()
        .ready()).isEqualTo(1);

    catalog.dropDatabase(account, "a");
    assertThat(standing().ready()).isEqualTo(1);
  }

  @Test
  void who_was_left_alone_longest_comes_first() {
    Route old = ready("old");
    ready("young");
    TestPostgres.execute(database, "update reveille.databases set created_at = created_at"
        + " - interval '3 days' where id = '" + old.database() + "'");

    assertThat(usage.idlest(account, MONTH, 5)).extracting(DatabaseUsage::name)
        .containsExactly("old", "young");
  }

  @Test
  void terms_are_kept() {
    Account.Terms terms = new Account.Terms(Optional.of("small"), Optional.of(5_000_000L),
        Map.of("live_databases", 3L));
    usage.setTerms(account, terms);

    assertThat(usage.account("default").orElseThrow().terms()).isEqualTo(terms);
    assertThat(standing().account().terms()).isEqualTo(terms);
    usage.setTerms(account, Account.Terms.NONE);
    assertThat(usage.account(account).orElseThrow().terms()).isEqualTo(Account.Terms.NONE);
    assertThat(usage.accounts()).hasSize(1);
  }

  @Test
  void what_is_too_old_is_forgotten() {
    Route shop = ready("shop");
    usage.meter(batch(UUID.randomUUID(), UUID.randomUUID(), 1, shop, 1500));
    usage.forget(MONTH);
    assertThat(standing().computeMillis()).isEqualTo(1500);
    usage.forget(MONTH + 1);
    assertThat(standing().computeMillis()).isZero();
  }
}
