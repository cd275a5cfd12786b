package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CatalogReader.Cursor;
import dev.reveille.cell.Cell;
import dev.reveille.cell.DatabaseChanges;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.cell.Route;
import dev.reveille.cell.Samples;
import dev.reveille.cell.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** One account's databases: page by page, and from then on what has become of them. */
class DatabaseChangesTest {
  private final String database = TestPostgres.freshDatabase();
  private final PostgresCatalog catalog = new PostgresCatalog(TestPostgres.settings(database));
  private AccountId account = AccountId.random();
  private AccountId other = AccountId.random();

  @BeforeEach
  void prepare() {
    Cell.defaults().forEach(catalog::registerCell);
    account = catalog.defaultAccount();
    other = catalog.createAccount("other");
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private Route ready(AccountId owner, String name) {
    Route route = catalog.createDatabase(Samples.newDatabase(owner, name, Samples.CELL_A));
    catalog.markReady(route.database());
    return route;
  }

  private Cursor here() {
    return catalog.databasesSince(account, Optional.empty()).next();
  }

  private DatabaseChanges since(Cursor cursor) {
    return catalog.databasesSince(account, Optional.of(cursor));
  }

  private static List<String> names(List<DatabaseRecord> records) {
    return records.stream().map(one -> one.route().name()).sorted().toList();
  }

  @Test
  void what_began_changed_and_ended_is_told_once_and_of_no_other_account() {
    Route kept = ready(account, "kept");
    Route dropped = ready(account, "dropped");
    Route foreign = ready(other, "kept");
    Cursor start = here();
    assertThat(since(start).touched()).isEmpty();

    Route fresh = ready(account, "fresh");
    Route making = catalog
        .createDatabase(Samples.newDatabase(account, "making", Samples.CELL_A));
    catalog.dropDatabase(account, "dropped");
    ready(other, "foreign");
    TestPostgres.execute(database, "update reveille.databases set name = 'renamed'"
        + " where id = '" + kept.database() + "'");
    DatabaseChanges changes = since(start);

    assertThat(changes.complete()).isTrue();
    assertThat(changes.touched())
        .isEqualTo(Set.of(kept.database(), dropped.database(), fresh.database()));
    assertThat(names(changes.now())).containsExactly("fresh", "renamed");
    assertThat(changes.touched()).doesNotContain(foreign.database(), making.database());
    assertThat(since(changes.next()).touched()).isEmpty();
  }

  @Test
  void pages_follow_each_other_by_name() {
    for (String name : List.of("c", "a", "e", "b", "d")) {
      ready(account, name);
    }
    ready(other, "aa");

    assertThat(names(catalog.databases(account, "", 2))).containsExactly("a", "b");
    assertThat(names(catalog.databases(account, "b", 2))).containsExactly("c", "d");
    assertThat(names(catalog.databases(account, "d", 2))).containsExactly("e");
    assertThat(catalog.databases(account, "e", 2)).isEmpty();
  }

  @Test
  void a_stream_that_was_set_back_is_said_to_be_incomplete() {
    Cursor start = here();

    assertThat(since(new Cursor(start.oldestUnfinished() + 1_000_000)).complete()).isFalse();
  }

  @Test
  void late_use_is_told_of_the_accounts_own() {
    Instant now = Instant.parse("2026-11-29T12:00:00Z");
    DatabaseId early = ready(account, "early").database();
    DatabaseId late = ready(account, "late").database();
    DatabaseId foreign = ready(other, "late").database();
    catalog.lifetimes()
        .noteUse(Map.of(early, now.minus(Duration.ofHours(1)), late, now, foreign, now));

    assertThat(catalog.usedSince(account, now.minusSeconds(60))).isEqualTo(Map.of(late, now));
  }
}
