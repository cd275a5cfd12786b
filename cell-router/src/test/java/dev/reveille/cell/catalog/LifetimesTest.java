package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.Cell;
import dev.reveille.cell.CellId;
import dev.reveille.cell.CellState;
import dev.reveille.cell.Checkpoint;
import dev.reveille.cell.CheckpointId;
import dev.reveille.cell.CheckpointKind;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.LifetimeTable;
import dev.reveille.cell.LifetimeTable.StorageIntent;
import dev.reveille.cell.Lineage;
import dev.reveille.cell.NameTakenException;
import dev.reveille.cell.NewDatabase;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.cell.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LifetimesTest {
  private static final Instant END = Instant.parse("2030-01-01T00:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  private final CellId cell = new CellId("one");
  private final List<CellId> cells = List.of(cell);
  private final PostgresCatalog catalog = new PostgresCatalog(
      TestPostgres.settings(TestPostgres.freshDatabase()));
  private final AccountId account = catalog.defaultAccount();
  private final LifetimeTable lifetimes = catalog.lifetimes();

  @BeforeEach
  void cell() {
    catalog.registerCell(new Cell(cell, CellState.ACTIVE, "local", 100));
  }

  @AfterEach
  void close() {
    assertThat(catalog.lentConnections()).as("connections not given back").isZero();
    catalog.close();
  }

  @Test
  void a_branch_remembers_what_it_was_made_from_and_by_whom() {
    Route shop = database("shop", Optional.empty());
    Lineage lineage = new Lineage(Optional.of(shop.database()), Optional.of("shop"),
        Optional.of("before"));
    Route branch = catalog.createDatabase(new NewDatabase(account, "try1", cell,
        StorageId.random(), DatabaseSettings.DEFAULTS, Optional.of(END), lineage, "a_maker"));

    DatabaseRecord record = catalog.databases(account).getLast();

    assertThat(record.route().database()).isEqualTo(branch.database());
    assertThat(record.lineage()).isEqualTo(lineage);
    assertThat(record.createdBy()).isEqualTo("a_maker");
    assertThat(record.route().lifetime().expiresAt()).contains(END);
  }

  @Test
  void of_two_that_warn_of_an_expiry_one_does_and_a_new_expiry_is_warned_of_again()
      throws Exception {
    for (int i = 0; i < 20; i++) {
      database("soon" + i, Optional.of(END));
    }
    Route later = database("later", Optional.of(END.plus(DAY)));
    Callable<Integer> warn = () -> lifetimes.claimToWarn(cells, END.plusSeconds(1), END, 100)
        .size();

    try (var executor = Executors.newFixedThreadPool(4)) {
      int claimed = 0;
      for (var each : executor.invokeAll(List.of(warn, warn, warn, warn))) {
        claimed += each.get();
      }
      assertThat(claimed).isEqualTo(20);
    }

    lifetimes.setExpiry(later.database(), Optional.of(END));
    assertThat(lifetimes.claimToWarn(cells, END.plusSeconds(1), END, 100)).hasSize(1);
  }

  @Test
  void what_has_expired_is_archived_and_dropped_after_its_grace_unless_its_life_is_prolonged() {
    Route gone = database("gone", Optional.of(END));
    Route saved = database("saved", Optional.of(END));
    database("endless", Optional.empty());

    assertThat(lifetimes.expired(cells, END.minusSeconds(1), 10)).isEmpty();
    assertThat(lifetimes.markArchived(gone.database(), END.minusSeconds(1))).isEmpty();
    assertThat(lifetimes.expired(cells, END, 10)).hasSize(2);
    assertThat(lifetimes.markArchived(gone.database(), END)).isPresent();
    assertThat(lifetimes.markArchived(gone.database(), END)).as("once").isEmpty();
    lifetimes.markArchived(saved.database(), END);

    Route archived = catalog.route(account, "gone").orElseThrow();
    assertThat(archived.lifetime().archived()).isTrue();

    Instant later = END.plus(DAY);
    lifetimes.setExpiry(saved.database(), Optional.of(later.plus(DAY)));
    assertThat(lifetimes.pastGrace(cells, END, later, 10)).as("in the grace time").isEmpty();
    assertThat(lifetimes.pastGrace(cells, later, later, 10))
        .extracting(record -> record.route().name())
        .containsExactly("gone");
    assertThat(lifetimes.dropPastGrace(saved.database(), later, later)).isEmpty();
    assertThat(lifetimes.dropPastGrace(gone.database(), later, later)).isPresent();
    catalog.forgetDatabase(saved.database());
    Optional<Instant> longer = Optional.of(later.plus(DAY).plus(DAY));
    assertThat(lifetimes.markUnarchived(saved.database(), longer)).isPresent();
    assertThat(lifetimes.markUnarchived(saved.database(), longer)).as("once").isEmpty();
    assertThat(catalog.route(account, "saved").orElseThrow().lifetime().archived()).isFalse();
    assertThat(catalog.route(account, "saved").orElseThrow().lifetime().expiresAt())
        .isEqualTo(longer);
    assertThat(catalog.route(account, "gone")).isEmpty();
  }

  @Test
  void an_orphan_is_one_that_nobody_can_or_did_connect_to() {
    Route used = database("used", Optional.empty());
    Route alone = database("alone", Optional.empty());
    Instant tomorrow = Instant.now().plus(DAY);
    lifetimes.noteUse(Map.of(used.database(), tomorrow));
    lifetimes.noteUse(Map.of(used.database(), END.minus(Duration.ofDays(9000))));

    assertThat(lifetimes.orphans(cells, Instant.EPOCH, tomorrow, tomorrow, 10)).as("too new")
        .isEmpty();
    assertThat(lifetimes.orphans(cells, tomorrow, tomorrow, tomorrow, 10))
        .extracting(record -> record.route().database())
        .containsExactly(alone.database());
    assertThat(catalog.databases(account).getLast().usedAt()).isPresent();
  }

  @Test
  void a_restore_gives_the_intended_storage_and_keeps_what_was_there() {
    Route shop = database("shop", Optional.empty());
    StorageId next = StorageId.random();
    Checkpoint before = checkpoint(shop, "before-restore", CheckpointKind.RESTORE, shop.storage());

    assertThatThrownBy(
        () -> lifetimes.swapStorage(shop.database(), next, before, Optional.empty()))
        .isInstanceOf(CatalogException.class);
    assertThat(lifetimes.intendStorage(shop.database(), next)).isTrue();
    assertThat(lifetimes.intendStorage(shop.database(), StorageId.random())).as("one at a time")
        .isFalse();
    assertThat(lifetimes.storageIntents(cell))
        .containsExactly(new StorageIntent(shop.database(), next));

    Route restored = lifetimes.swapStorage(shop.database(), next, before, Optional.empty());

    assertThat(restored.storage()).isEqualTo(next);
    assertThat(restored.version()).isGreaterThan(shop.version());
    assertThat(lifetimes.storageIntents(cell)).isEmpty();
    assertThat(catalog.checkpoints()
        .checkpoint(account, "shop", "before-restore")
        .orElseThrow()
        .storage()).isEqualTo(shop.storage());
  }

  @Test
  void a_storage_that_was_anothers_brings_its_origin() {
    Route shop = database("shop", Optional.empty());
    Lineage origin = new Lineage(Optional.of(DatabaseId.random()), Optional.of("shop"),
        Optional.of("v1"));
    StorageId next = StorageId.random();
    lifetimes.intendStorage(shop.database(), next);

    var _ = lifetimes.swapStorage(shop.database(), next,
        checkpoint(shop, "before-restore", CheckpointKind.RESTORE, shop.storage()),
        Optional.of(origin));

    assertThat(catalog.databases(account).getLast().lineage()).isEqualTo(origin);
  }

  @Test
  void a_base_is_listed_apart_and_follows_the_name_of_its_branch() {
    Route branch = database("try1", Optional.empty());
    Checkpoint base = checkpoint(branch, "base-1", CheckpointKind.BASE, StorageId.random());
    catalog.checkpoints().createCheckpoint(base);
    assertThat(catalog.checkpoints().bases(account)).as("half made").isEmpty();
    assertThat(catalog.checkpoints().basesOf(branch.database())).hasSize(1);
    catalog.checkpoints().markCheckpointReady(base.id(), 17);

    lifetimes.renameDatabase(branch.database(), "try2");

    assertThat(catalog.checkpoints().checkpoints(account)).isEmpty();
    assertThat(catalog.checkpoints().checkpointsOf(branch.database())).isEmpty();
    assertThat(catalog.checkpoints().bases(account)).hasSize(1);
    assertThat(catalog.checkpoints().checkpoint(account, "try2", "base-1").orElseThrow().bytes())
        .isEqualTo(17);
    assertThat(lifetimes.knownStorages(cell)).extracting(LifetimeTable.KnownStorage::storage)
        .contains(base.storage());
    catalog.checkpoints().dropCheckpoint(base.id());
    assertThat(catalog.checkpoints().basesOf(branch.database())).isEmpty();
    assertThat(catalog.checkpoints().unfinishedCheckpoints()).hasSize(1);
  }

  @Test
  void a_checkpoint_is_found_when_it_is_whole_and_outlives_its_database_and_its_name() {
    Route shop = database("shop", Optional.empty());
    Checkpoint made = checkpoint(shop, "v1", CheckpointKind.NAMED, StorageId.random());
    catalog.checkpoints().createCheckpoint(made);

    assertThat(catalog.checkpoints().checkpoint(account, "shop", "v1")).as("half made").isEmpty();
    assertThat(catalog.checkpoints().unfinishedCheckpoints()).hasSize(1);
    assertThatThrownBy(() -> catalog.checkpoints()
        .createCheckpoint(checkpoint(shop, "v1", CheckpointKind.NAMED, StorageId.random())))
        .isInstanceOf(NameTakenException.class);
    catalog.checkpoints().markCheckpointReady(made.id(), 17);

    lifetimes.renameDatabase(shop.database(), "store");
    catalog.dropDatabase(account, "store");
    catalog.forgetDatabase(shop.database());

    assertThat(catalog.checkpoints().checkpoint(account, "store", "v1").orElseThrow().bytes())
        .isEqualTo(17);
    catalog.checkpoints().setCheckpointExpiry(made.id(), Optional.of(END));
    assertThat(catalog.checkpoints().expiredCheckpoints(cells, END, 9)).hasSize(1);
    catalog.checkpoints().forgetCheckpoint(made.id());
    assertThat(catalog.checkpoints().checkpoints(account)).as("a ready one stays").hasSize(1);
    catalog.checkpoints().dropCheckpoint(made.id());
    catalog.checkpoints().forgetCheckpoint(made.id());
    assertThat(catalog.checkpoints().unfinishedCheckpoints()).isEmpty();
  }

  @Test
  void databases_of_a_cell_are_counted_as_they_come_and_go() {
    Route shop = database("shop", Optional.empty());
    database("store", Optional.empty());
    catalog.dropDatabase(account, "shop");
    assertThat(catalog.cellLoads()).singleElement()
        .satisfies(load -> assertThat(load.databases()).as("its storage is there still")
            .isEqualTo(2));

    catalog.forgetDatabase(shop.database());

    assertThat(catalog.cellLoads()).singleElement()
        .satisfies(load -> assertThat(load.databases()).isEqualTo(1));
  }

  @Test
  void a_new_name_must_be_free() {
    Route shop = database("shop", Optional.empty());
    database("store", Optional.empty());

    assertThatThrownBy(() -> lifetimes.renameDatabase(shop.database(), "store"))
        .isInstanceOf(NameTakenException.class);
    assertThat(Stream.of("shop", "store").map(name -> catalog.route(account, name)))
        .allMatch(Optional::isPresent);
  }

  private Route database(String name, Optional<Instant> expiresAt) {
    Route route = catalog.createDatabase(new NewDatabase(account, name, cell, StorageId.random(),
        DatabaseSettings.DEFAULTS, expiresAt, Lineage.NONE, "test"));
    catalog.markReady(route.database());
    return catalog.route(account, name).orElseThrow();
  }

  private Checkpoint checkpoint(Route route, String name, CheckpointKind kind,
      StorageId storage) {
    return new Checkpoint(CheckpointId.random(), account, route.database(), route.name(), name,
        cell, storage, kind, "test", END, Optional.empty(), 0);
  }
}
