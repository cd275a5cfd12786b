package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CatalogReader.Change;
import dev.reveille.cell.CatalogReader.Changes;
import dev.reveille.cell.CatalogReader.Cursor;
import dev.reveille.cell.CatalogReader.Subject;
import dev.reveille.cell.CatalogReader.Subscription;
import dev.reveille.cell.Cell;
import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.Route;
import dev.reveille.cell.Samples;
import dev.reveille.cell.TestPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.reveille.cell.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

class ChangeStreamTest {
  private final String database = TestPostgres.freshDatabase();
  private final PostgresCatalog catalog = new PostgresCatalog(TestPostgres.settings(database));
  private AccountId account = AccountId.random();

  @BeforeEach
  void prepare() {
    Cell.defaults().forEach(catalog::registerCell);
    account = catalog.defaultAccount();
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private Route ready(String name) {
    Route route = catalog.createDatabase(Samples.newDatabase(account, name, Samples.CELL_A));
    catalog.markReady(route.database());
    return route;
  }

  private Optional<Cursor> here() {
    return Optional.of(catalog.changesSince(Optional.empty()).next());
  }

  @Test
  void what_may_be_cached_is_announced_and_what_is_new_is_only_in_the_stream() {
    Ear ear = new Ear();
    try (Subscription listening = catalog.subscribe(ear)) {
      assertThat(listening).isNotNull();
      ear.awaitConnections(1);
      Optional<Cursor> start = here();
      Route shop = ready("shop");
      Credential credential = Samples.scoped(Samples.credential("a_x", account),
          new DatabaseScope.Only(Set.of(shop.database())), Samples.FAR);
      catalog.createCredential(credential);

      catalog.revokeCredential(credential.id());
      catalog.dropDatabase(account, "shop");

      await().untilAsserted(() -> assertThat(ear.heard).hasSize(2));
      assertThat(ear.heard).extracting(Change::subject)
          .containsExactly(Subject.CREDENTIAL, Subject.DATABASE_DROPPED);
      assertThat(ear.heard).extracting(Change::id)
          .containsExactly(credential.id().toString(), shop.database().toString());
      List<Change> stream = catalog.changesSince(start).changes();
      assertThat(stream).extracting(Change::subject)
          .containsExactly(Subject.DATABASE,
              Subject.CREDENTIAL, Subject.CREDENTIAL, Subject.DATABASE_DROPPED);
      assertThat(stream).containsAll(ear.heard);
    }
  }

  @Test
  void the_version_that_is_told_is_that_of_the_record() {
    Credential credential = Samples.credential("a_x", account);
    catalog.createCredential(credential);
    Optional<Cursor> start = here();

    catalog.revokeCredential(credential.id());

    assertThat(catalog.changesSince(start).changes()).singleElement()
        .isEqualTo(new Change(Subject.CREDENTIAL, credential.id().toString(),
            catalog.credential("a_x").orElseThrow().version()));
  }

  @Test
  void a_scope_that_changes_is_a_change_of_its_credential() {
    Route shop = ready("shop");
    Route other = ready("other");
    Credential credential = Samples.scoped(Samples.credential("a_x", account),
        new DatabaseScope.Only(Set.of(shop.database())), Samples.FAR);
    catalog.createCredential(credential);
    long before = catalog.credential("a_x").orElseThrow().version();

    TestPostgres.execute(database, "insert into reveille.credential_databases values ('"
        + credential.id() + "', '" + other.database() + "', '" + account + "')");

    Credential after = catalog.credential("a_x").orElseThrow();
    assertThat(after.databases())
        .isEqualTo(new DatabaseScope.Only(Set.of(shop.database(), other.database())));
    assertThat(after.version()).isGreaterThan(before);
  }

  /** The version numbers alone would miss it: the later commit has the lower number. */
  @Test
  void a_change_that_began_earlier_and_committed_later_is_not_missed() throws Exception {
    Credential slow = Samples.credential("a_slow", account);
    Credential quick = Samples.credential("a_quick", account);
    catalog.createCredential(slow);
    catalog.createCredential(quick);
    Optional<Cursor> cursor = here();

    try (Connection connection = TestPostgres.connect(database)) {
      connection.setAutoCommit(false);
      touch(connection, slow.id().toString());
      catalog.revokeCredential(quick.id());

      Changes first = catalog.changesSince(cursor);
      assertThat(first.changes()).extracting(Change::id).containsExactly(quick.id().toString());
      connection.commit();

      Changes second = catalog.changesSince(Optional.of(first.next()));
      assertThat(second.changes()).extracting(Change::id).contains(slow.id().toString());
      assertThat(catalog.changesSince(Optional.of(second.next())).changes()).isEmpty();
    }
  }

  @Test
  void following_the_stream_through_random_transactions_ends_at_the_truth() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<Credential> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      all.add(Samples.credential("a_" + i, account));
      catalog.createCredential(all.get(i));
    }
    Optional<Cursor> cursor = here();
    Map<String, Long> followed = new HashMap<>();
    List<Connection> open = new ArrayList<>();
    List<String> busy = new ArrayList<>();

    for (int step = 0; step < 150; step++) {
      switch (random.nextInt(3)) {
        case 0 -> {
          String id = all.get(random.nextInt(all.size())).id().toString();
          if (!busy.contains(id)) {
            Connection connection = TestPostgres.connect(database);
            connection.setAutoCommit(false);
            touch(connection, id);
            open.add(connection);
            busy.add(id);
          }
        }
        case 1 -> {
          if (!open.isEmpty()) {
            int which = random.nextInt(open.size());
            busy.remove(which);
            finish(open.remove(which), random.nextInt(4) > 0);
          }
        }
        default -> cursor = follow(cursor, followed);
      }
    }
    for (Connection connection : open) {
      finish(connection, true);
    }
    follow(cursor, followed);

    for (Credential credential : all) {
      long truth = catalog.credential(credential.name()).orElseThrow().version();
      assertThat(followed).as("seed " + seed).containsEntry(credential.id().toString(), truth);
    }
  }

  private Optional<Cursor> follow(Optional<Cursor> cursor, Map<String, Long> followed) {
    Changes changes = catalog.changesSince(cursor);
    assertThat(changes.complete()).isTrue();
    changes.changes().forEach(c -> followed.merge(c.id(), c.version(), Math::max));
    return Optional.of(changes.next());
  }

  private static void touch(Connection connection, String id) throws Exception {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "update reveille.credentials set connection_limit = connection_limit + 1 where id = '"
              + id + "'");
    }
  }

  private static void finish(Connection connection, boolean commit) throws Exception {
    if (commit) {
      connection.commit();
    } else {
      connection.rollback();
    }
    connection.close();
  }

  @Test
  void too_many_changes_and_a_catalog_set_back_are_gaps() {
    catalog.createCredential(Samples.credential("a_x", account));
    Optional<Cursor> start = here();

    Changes setBack = catalog.changesSince(
        Optional.of(new Cursor(start.orElseThrow().oldestUnfinished() + 1_000_000)));
    assertThat(setBack.complete()).isFalse();

    TestPostgres.execute(database, "do $$ begin for i in 1.." + (ChangeRows.MOST + 1)
        + " loop update reveille.credentials set connection_limit = i; end loop; end $$");
    Changes many = catalog.changesSince(start);
    assertThat(many.complete()).isFalse();
    assertThat(catalog.changesSince(Optional.of(many.next())).changes()).isEmpty();
  }

  @Test
  void old_changes_are_removed_and_so_are_those_of_a_restored_copy() {
    Optional<Cursor> start = here();
    ready("old");
    TestPostgres.execute(database, "update reveille.changes set at = now() - interval '2 days'");
    Route left = ready("new");
    TestPostgres.execute(database, "insert into reveille.changes values"
        + " (999999999, '99999999', 'database', 'x')");

    catalog.forgetChanges(Duration.ofDays(1));

    assertThat(catalog.changesSince(start).changes()).singleElement()
        .extracting(Change::id)
        .isEqualTo(left.database().toString());
  }
}
