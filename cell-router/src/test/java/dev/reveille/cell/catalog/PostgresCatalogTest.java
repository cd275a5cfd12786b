package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.Cell;
import dev.reveille.cell.CellLoad;
import dev.reveille.cell.CellState;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.DatabaseState;
import dev.reveille.cell.NameTakenException;
import dev.reveille.cell.NewDatabase;
import dev.reveille.cell.Route;
import dev.reveille.cell.Samples;
import dev.reveille.cell.StorageId;
import dev.reveille.cell.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PostgresCatalogTest {
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
    assertThat(catalog.lentConnections()).as("connections not given back").isZero();
    catalog.close();
  }

  @Test
  void a_database_has_a_route_only_between_ready_and_dropped() {
    NewDatabase shop = new NewDatabase(account, "shop", Samples.CELL_B, StorageId.random(),
        new DatabaseSettings(Duration.ofSeconds(7)));

    Route made = catalog.createDatabase(shop);
    assertThat(catalog.route(account, "shop")).isEmpty();
    assertThat(catalog.databasesBeingCreated()).extracting(DatabaseRecord::route)
        .containsExactly(made);

    catalog.markReady(made.database());
    catalog.markReady(made.database());
    Route ready = catalog.route(account, "shop").orElseThrow();
    assertThat(ready.version()).isGreaterThan(made.version());
    assertThat(ready).usingRecursiveComparison().ignoringFields("version").isEqualTo(made);
    assertThat(ready.settings().suspendAfter()).isEqualTo(Duration.ofSeconds(7));
    assertThat(ready.homeCell()).isEqualTo(Samples.CELL_B);
    assertThat(catalog.databasesBeingCreated()).isEmpty();

    assertThat(catalog.dropDatabase(account, "shop").orElseThrow().database())
        .isEqualTo(made.database());
    assertThat(catalog.route(account, "shop")).isEmpty();
    assertThat(catalog.dropDatabase(account, "shop")).isEmpty();
    assertThat(catalog.databasesBeingDropped()).extracting(DatabaseRecord::state)
        .containsExactly(DatabaseState.DROPPING);

    catalog.forgetDatabase(made.database());
    assertThat(catalog.databases(account)).isEmpty();
  }

  @Test
  void a_name_is_unique_within_an_account_from_create_to_drop() {
    TestPostgres.execute(database, "insert into reveille.accounts (id, name) values"
        + " ('00000000-0000-0000-0000-000000000001', 'other')");
    AccountId other = AccountId.parse("00000000-0000-0000-0000-000000000001");
    Route first = catalog.createDatabase(Samples.newDatabase(account, "shop", Samples.CELL_A));

    assertThatThrownBy(
        () -> catalog.createDatabase(Samples.newDatabase(account, "shop", Samples.CELL_B)))
        .isInstanceOfSatisfying(NameTakenException.class,
            e -> assertThat(e.sqlState()).isEqualTo("42P04"))
        .hasMessage("database \"shop\" already exists");
    Route others = catalog.createDatabase(Samples.newDatabase(other, "shop", Samples.CELL_A));
    assertThat(others.database()).isNotEqualTo(first.database());

    catalog.dropDatabase(account, "shop");
    Route again = catalog.createDatabase(Samples.newDatabase(account, "shop", Samples.CELL_A));
    assertThat(again.database()).isNotEqualTo(first.database());
  }

  @Test
  void a_database_dropped_while_being_made_does_not_become_ready() {
    Route made = catalog.createDatabase(Samples.newDatabase(account, "shop", Samples.CELL_A));
    catalog.dropDatabase(account, "shop");

    assertThatThrownBy(() -> catalog.markReady(made.database()))
        .isInstanceOfSatisfying(CatalogException.class,
            e -> assertThat(e.sqlState()).isEqualTo("3D000"));
    assertThat(catalog.route(account, "shop")).isEmpty();
  }

  @Test
  void the_record_of_a_ready_database_cannot_be_forgotten() {
    Route made = catalog.createDatabase(Samples.newDatabase(account, "shop", Samples.CELL_A));
    catalog.markReady(made.database());

    catalog.forgetDatabase(made.database());

    assertThat(catalog.route(account, "shop")).isPresent();
  }

  @Test
  void a_credential_comes_back_as_it_was_stored() {
    Route shop = catalog.createDatabase(Samples.newDatabase(account, "shop", Samples.CELL_A));
    Credential all = Samples.credential("a_all", account);
    Credential one = Samples.scoped(Samples.credential("a_one", account),
        new DatabaseScope.Only(Set.of(shop.database())),
        Instant.parse("2031-02-03T04:05:06.789Z"));

    catalog.createCredential(all);
    catalog.createCredential(one);

    assertThat(catalog.credentials(account)).usingRecursiveComparison()
        .ignoringFields("version")
        .isEqualTo(List.of(all, one));
    assertThat(catalog.credential("a_one")).get()
        .usingRecursiveComparison()
        .ignoringFields("version")
        .isEqualTo(one);
    assertThat(catalog.credential("a_none")).isEmpty();
    assertThatThrownBy(() -> catalog.createCredential(Samples.credential("a_all", account)))
        .isInstanceOfSatisfying(NameTakenException.class,
            e -> assertThat(e.sqlState()).isEqualTo("42710"));
  }

  @Test
  void a_revoked_credential_stays_revoked_and_gets_a_newer_version() {
    Credential credential = Samples.credential("a_x", account);
    catalog.createCredential(credential);
    long before = catalog.credential("a_x").orElseThrow().version();

    catalog.revokeCredential(credential.id());
    Credential after = catalog.credential("a_x").orElseThrow();
    assertThat(after.revoked()).isTrue();
    assertThat(after.version()).isGreaterThan(before);

    catalog.revokeCredential(credential.id());
    catalog.revokeCredential(CredentialId.random());
    assertThat(catalog.credential("a_x")).contains(after);
  }

  @Test
  void a_scope_cannot_name_a_database_of_another_account() {
    TestPostgres.execute(database, "insert into reveille.accounts (id, name) values"
        + " ('00000000-0000-0000-0000-000000000001', 'other')");
    AccountId other = AccountId.parse("00000000-0000-0000-0000-000000000001");
    Route theirs = catalog.createDatabase(Samples.newDatabase(other, "theirs", Samples.CELL_A));

    for (DatabaseId foreign : List.of(theirs.database(), DatabaseId.random())) {
      Credential credential = Samples.scoped(Samples.credential("a_x", account),
          new DatabaseScope.Only(Set.of(foreign)), Samples.FAR);
      assertThatThrownBy(() -> catalog.createCredential(credential))
          .isInstanceOfSatisfying(CatalogException.class,
              e -> assertThat(e.sqlState()).isEqualTo("3D000"));
    }
    assertThat(catalog.credentials(account)).isEmpty();
  }

  @Test
  void a_credential_whose_databases_are_gone_reaches_nothing_and_is_newer() {
    Route shop = catalog.createDatabase(Samples.newDatabase(account, "shop", Samples.CELL_A));
    catalog.createCredential(Samples.scoped(Samples.credential("a_x", account),
        new DatabaseScope.Only(Set.of(shop.database())), Samples.FAR));
    long before = catalog.credential("a_x").orElseThrow().version();

    catalog.dropDatabase(account, "shop");
    catalog.forgetDatabase(shop.database());

    Credential left = catalog.credential("a_x").orElseThrow();
    assertThat(left.databases()).isEqualTo(new DatabaseScope.Only(Set.of()));
    assertThat(left.version()).isGreaterThan(before);
  }

  @Test
  void cells_keep_the_state_an_operator_gave_them() {
    catalog.setCellState(Samples.CELL_A, CellState.DRAINING);
    Cell.defaults().forEach(catalog::registerCell);
    catalog.createDatabase(Samples.newDatabase(account, "shop", Samples.CELL_B));

    assertThat(catalog.cells()).extracting(Cell::state)
        .containsExactly(CellState.DRAINING, CellState.ACTIVE);
    assertThat(catalog.cellLoads()).extracting(CellLoad::databases).containsExactly(0, 1);
    assertThat(catalog.cellLoads(Set.of(Samples.CELL_B))).singleElement()
        .satisfies(load -> assertThat(load.cell().id()).isEqualTo(Samples.CELL_B))
        .satisfies(load -> assertThat(load.databases()).isEqualTo(1));
    assertThatThrownBy(
        () -> catalog.setCellState(new dev.reveille.cell.CellId("zz"), CellState.DOWN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("zz");
  }

  @Test
  void the_contents_of_a_cell_are_what_serving_it_needs() {
    Instant now = Instant.now();
    Route here = catalog.createDatabase(Samples.newDatabase(account, "here", Samples.CELL_A));
    Route there = catalog.createDatabase(Samples.newDatabase(account, "there", Samples.CELL_B));
    catalog.createDatabase(Samples.newDatabase(account, "unready", Samples.CELL_A));
    catalog.markReady(here.database());
    catalog.markReady(there.database());
    Credential revoked = Samples.credential("a_revoked", account);
    catalog.createCredential(Samples.credential("a_all", account));
    catalog.createCredential(revoked);
    catalog.revokeCredential(revoked.id());
    catalog.createCredential(Samples.scoped(Samples.credential("a_expired", account),
        new DatabaseScope.All(), now.minusSeconds(60)));
    catalog.createCredential(Samples.scoped(Samples.credential("a_here", account),
        new DatabaseScope.Only(Set.of(here.database())), now.plusSeconds(3600)));
    catalog.createCredential(Samples.scoped(Samples.credential("a_there", account),
        new DatabaseScope.Only(Set.of(there.database())), Samples.FAR));

    var contents = catalog.contents(Samples.CELL_A);

    assertThat(contents.databases()).extracting(Route::name).containsExactly("here");
    assertThat(contents.credentials()).extracting(Credential::name)
        .containsExactlyInAnyOrder("a_all", "a_here");
  }

  @Test
  void all_proxies_of_a_catalog_have_the_same_key_and_no_other_catalog_has_it() {
    byte[] key = catalog.sharedKey();

    try (PostgresCatalog again = new PostgresCatalog(TestPostgres.settings(database));
        PostgresCatalog other = new PostgresCatalog(
            TestPostgres.settings(TestPostgres.freshDatabase()))) {
      assertThat(again.sharedKey()).isEqualTo(key).hasSize(32);
      assertThat(other.sharedKey()).isNotEqualTo(key);
    }
  }

  @Test
  void connections_are_given_back_whatever_the_work_did() {
    for (int i = 0; i < 50; i++) {
      catalog.createDatabase(Samples.newDatabase(account, "shop" + i, Samples.CELL_A));
      assertThatThrownBy(
          () -> catalog.createDatabase(Samples.newDatabase(account, "shop0", Samples.CELL_A)))
          .isInstanceOf(NameTakenException.class);
      catalog.contents(Samples.CELL_A);
    }

    assertThat(catalog.lentConnections()).isZero();
    assertThat(catalog.reachable()).isTrue();
  }
}
