package dev.reveille.compute.local;

import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.CloneReport;
import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeBusyException;
import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.compute.ComputeSupervisor;
import dev.reveille.compute.EndReason;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.Moving;
import dev.reveille.compute.PreparedStorage;
import dev.reveille.compute.StoredStorage;
import dev.reveille.compute.StoredStorage.Use;
import dev.reveille.compute.Wake;
import dev.reveille.compute.WakeOutcome;
import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.clone.CopyTurns;
import dev.reveille.compute.clone.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.reveille.compute.local.LocalCell.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ClonedDatabaseTest {
  private LocalCell cell;
  private ComputeSupervisor computes;

  @BeforeEach
  void open() throws Exception {
    cell = LocalCell.create(settings -> settings);
    computes = cell.supervisor();
  }

  @AfterEach
  void close() throws Exception {
    computes.close();
    cell.close();
  }

  private Route create(String name) {
    PreparedStorage prepared = await(computes.takePrepared(LocalCell.ID));
    Route route = LocalCell.route(name, prepared.storage());
    await(computes.name(prepared, route, LocalCell.ddl()));
    return route;
  }

  private ComputeEndpoint awake(Route route) {
    Wake wake = computes.wake(route);
    WakeOutcome outcome = await(wake.outcome());
    wake.abandon();
    assertThat(outcome).isInstanceOf(WakeOutcome.Ready.class);
    return ((WakeOutcome.Ready) outcome).endpoint();
  }

  private List<List<@Nullable String>> sql(Route route, String role, String query)
      throws IOException {
    ComputeEndpoint endpoint = awake(route);
    if (!role.equals(RoleNames.ADMIN)) {
      await(computes.login(route, endpoint,
          new LoginRole(role, Mode.DDL, new ObjectScope.All(), 1, 0)));
    }
    ComputeAddress.UnixSocket unix = (ComputeAddress.UnixSocket) endpoint.address();
    try (AdminConnection connection = AdminConnection.open(unix.socket(), role, route.name(),
        Duration.ofSeconds(30))) {
      return connection.query(query);
    }
  }

  private void asleep(Route route) {
    await(computes.suspend(route.database()));
    assertThat(state(route)).isEqualTo("asleep");
  }

  private String state(Route route) {
    return computes.statuses()
        .stream()
        .filter(status -> status.database().equals(route.database()))
        .findFirst()
        .orElseThrow()
        .state();
  }

  private static Route later(Route route, String name, StorageId storage) {
    return new Route(route.database(), route.account(), name, route.homeCell(), storage,
        route.settings(), route.version() + 1);
  }

  @Test
  void aBranchOfASleepingDatabaseHasItsRowsAndANameAndRolesOfItsOwn() throws Exception {
    Route shop = create("shop");
    sql(shop, "a_ddl", "CREATE TABLE t AS SELECT 7 AS n");
    asleep(shop);
    Route branch = LocalCell.route("try1", StorageId.random());

    await(computes.clone(shop, branch.storage()).report());

    assertThat(state(shop)).isEqualTo("asleep");
    assertThat(sql(branch, RoleNames.ADMIN, "SELECT rolname FROM pg_roles WHERE rolname ~ '^a_'"))
        .isEmpty();
    assertThat(sql(branch, "a_other", "SELECT n, current_database() FROM t"))
        .containsExactly(List.of("7", "try1"));
    sql(branch, "a_other", "DROP TABLE t");
    assertThat(sql(shop, "a_ddl", "SELECT n, current_database() FROM t"))
        .containsExactly(List.of("7", "shop"));
  }

  @Test
  void aBranchOfARunningDatabaseEndsNoSessionAndIsWhole() throws Exception {
    Route shop = create("shop");
    sql(shop, "a_ddl", "CREATE TABLE t AS SELECT 8 AS n");
    CountDownLatch told = new CountDownLatch(1);
    AutoCloseable session = computes.attach(shop.database(), new IdleSession(told));
    Route branch = LocalCell.route("try2", StorageId.random());

    await(computes.clone(shop, branch.storage()).report());

    assertThat(told.getCount()).isEqualTo(1);
    assertThat(state(shop)).isEqualTo("awake");
    assertThat(sql(branch, "a_other", "SELECT n FROM t")).containsExactly(List.of("8"));
    assertThat(Files.exists(cell.storage(branch).clonedMark())).isFalse();
    session.close();
  }

  /**
   * The copy cannot go on, because another has its turn for as long as this test says: so whoever
   * gets a row has not waited for it.
   */
  @Test
  void aClientIsServedWhileItsSleepingDatabaseIsBeingCopiedAndTheBranchIsRight() throws Exception {
    CopyTurns turns = cell.driver().turns();
    assertThat(cell.driver().name()).isEqualTo("copy");
    Route shop = create("shop");
    sql(shop, "a_ddl", "CREATE TABLE t AS SELECT n FROM generate_series(1, 300000) n");
    asleep(shop);
    Route branch = LocalCell.route("try3", StorageId.random());

    turns.enter(Progress.NONE);
    Moving<CloneReport> copy = computes.clone(shop, branch.storage());
    while (turns.waiting() == 0) {
      Thread.onSpinWait();
    }
    try {
      assertThat(state(shop)).isEqualTo("changing");
      assertThat(sql(shop, "a_ddl", "SELECT count(*) FROM t")).containsExactly(List.of("300000"));
      assertThat(copy.report().toCompletableFuture()).isNotDone();
    } finally {
      turns.leave();
    }

    assertThat(await(copy.report()).driver()).isEqualTo("copy");
    assertThat(copy.moved()).isPositive();
    assertThat(sql(branch, "a_other", "SELECT count(*), sum(n) FROM t"))
        .containsExactly(List.of("300000", "45000150000"));
    assertThat(uses()).containsOnlyKeys(shop.storage(), branch.storage());
  }

  @Test
  void aCloneThatIsCalledOffLeavesNothing() throws Exception {
    CopyTurns turns = cell.driver().turns();
    Route shop = create("shop");
    sql(shop, "a_ddl", "CREATE TABLE t AS SELECT 7 AS n");
    for (boolean sleeping : new boolean[]{true, false}) {
      if (sleeping) {
        asleep(shop);
      } else {
        awake(shop);
      }
      turns.enter(Progress.NONE);
      Moving<CloneReport> copy = computes.clone(shop, StorageId.random());
      while (turns.waiting() == 0) {
        Thread.onSpinWait();
      }
      copy.abandon();
      assertThatThrownBy(() -> await(copy.report())).hasMessageContaining("given up");
      turns.leave();
      assertThat(uses()).containsOnlyKeys(shop.storage());
    }
    assertThat(sql(shop, RoleNames.ADMIN, "SELECT slot_name FROM pg_replication_slots")).isEmpty();
  }

  @Test
  void whatRolesOfTheParentOwnedBelongsToTheOwnerInTheBranch() throws Exception {
    Route shop = create("shop");
    sql(shop, "a_ddl", "SELECT 1");
    sql(shop, "a_ddl", "SET ROLE none; CREATE SCHEMA mine");
    Route branch = LocalCell.route("heir", StorageId.random());

    await(computes.clone(shop, branch.storage()).report());

    assertThat(sql(branch, RoleNames.ADMIN,
        "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'mine'"))
        .containsExactly(List.of(RoleNames.OWNER));
  }

  @Test
  void aCheckpointIsClonedAndDeletedWithoutEverRunning() throws Exception {
    Route shop = create("shop");
    sql(shop, "a_ddl", "CREATE TABLE t AS SELECT 1 AS n");
    StorageId checkpoint = StorageId.random();
    await(computes.clone(shop, checkpoint).report());
    sql(shop, "a_ddl", "UPDATE t SET n = 2");
    Route restored = LocalCell.route("shop", StorageId.random());

    await(computes.cloneStorage(LocalCell.ID, checkpoint, restored.storage()).report());

    assertThat(sql(restored, "a_ddl", "SELECT n FROM t")).containsExactly(List.of("1"));
    await(computes.deleteStorage(LocalCell.ID, checkpoint));
    await(computes.deleteStorage(LocalCell.ID, checkpoint));
    assertThat(uses()).containsOnlyKeys(shop.storage(), restored.storage());
  }

  @Test
  void aRestoreServesTheOtherStorageToThoseWhoWaited() throws Exception {
    Route shop = create("shop");
    sql(shop, "a_ddl", "CREATE TABLE t AS SELECT 1 AS n");
    StorageId checkpoint = StorageId.random();
    await(computes.clone(shop, checkpoint).report());
    sql(shop, "a_ddl", "UPDATE t SET n = 2");
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Route restored = later(shop, "shop", StorageId.random());

    var swapped = computes.quiesced(shop, EndReason.SUSPENDED, true, () -> {
      inside.countDown();
      goOn.await();
      await(computes.cloneStorage(LocalCell.ID, checkpoint, restored.storage()).report());
      return restored;
    });
    inside.await();
    Wake waiting = computes.wake(shop);
    assertThat(waiting.outcome().toCompletableFuture()).isNotDone();
    assertThat(state(shop)).isEqualTo("changing");
    goOn.countDown();

    assertThat(await(swapped)).isEqualTo(restored);
    assertThat(await(waiting.outcome())).isInstanceOf(WakeOutcome.Ready.class);
    waiting.abandon();
    assertThat(sql(restored, "a_ddl", "SELECT n FROM t")).containsExactly(List.of("1"));
  }

  @Test
  void aRenamedDatabaseHasItsNewNameBeforeAnyoneLogsIn() throws Exception {
    Route shop = create("shop");
    sql(shop, "a_ddl", "CREATE TABLE t AS SELECT 1 AS n");
    Route renamed = later(shop, "Markt \"1\"", shop.storage());

    await(computes.quiesced(shop, EndReason.SUSPENDED, false, () -> renamed));

    assertThat(sql(renamed, "a_ddl", "SELECT current_database(), n FROM t"))
        .containsExactly(List.of("Markt \"1\"", "1"));
  }

  @Test
  void aSessionIsReasonEnoughNotToExchangeAnythingUnlessItIsForced() throws Exception {
    Route shop = create("shop");
    awake(shop);
    CountDownLatch told = new CountDownLatch(1);
    AutoCloseable session = computes.attach(shop.database(), new IdleSession(told));

    assertThatThrownBy(() -> await(computes.quiesced(shop, EndReason.SUSPENDED, false,
        () -> shop))).hasRootCauseInstanceOf(ComputeBusyException.class)
        .hasMessageContaining("There is 1 other session using the database.");
    assertThat(told.getCount()).isEqualTo(1);

    assertThat(await(computes.quiesced(shop, EndReason.SUSPENDED, true, () -> shop)))
        .isEqualTo(shop);
    assertThat(told.getCount()).isZero();
    session.close();
  }

  @Test
  void workThatFailsIsToldAndTheDatabaseIsServedAsItWas() throws Exception {
    Route shop = create("shop");
    awake(shop);

    assertThatThrownBy(() -> await(computes.quiesced(shop, EndReason.SUSPENDED, true, () -> {
      throw new IOException("no luck");
    }))).hasRootCauseMessage("no luck");

    assertThat(sql(shop, "a_ddl", "SELECT 1")).containsExactly(List.of("1"));
  }

  @Test
  void anArchivedDatabaseTakesLittleRoomCannotBeWokenAndComesBack() throws Exception {
    Route shop = create("shop");
    sql(shop, "a_ddl", "CREATE TABLE t AS SELECT n FROM generate_series(1, 10000) n");
    long before = bytes(shop);

    long kept = await(computes.archive(shop).report());

    assertThat(await(computes.archive(shop).report())).isEqualTo(kept);
    assertThat(kept).isLessThan(before / 3);
    assertThat(uses()).containsEntry(shop.storage(), Use.ARCHIVED);
    assertThat(await(computes.wake(shop).outcome()))
        .isEqualTo(new WakeOutcome.Failed("this database is archived"));

    await(computes.unarchive(shop).report());
    await(computes.unarchive(shop).report());

    assertThat(uses()).containsEntry(shop.storage(), Use.NAMED);
    assertThat(sql(shop, "a_ddl", "SELECT count(*), sum(n) FROM t"))
        .containsExactly(List.of("10000", "50005000"));
  }

  @Test
  void quiescedWorkMayArchiveAndCloneTheDatabaseItself() throws Exception {
    Route shop = create("shop");
    sql(shop, "a_ddl", "CREATE TABLE t AS SELECT 1 AS n");
    StorageId copy = StorageId.random();

    await(computes.quiesced(shop, EndReason.SUSPENDED, true, () -> {
      await(computes.clone(shop, copy).report());
      await(computes.archive(shop).report());
      return later(shop, "shop", shop.storage());
    }));

    assertThat(uses()).containsEntry(shop.storage(), Use.ARCHIVED).containsEntry(copy, Use.NAMED);
  }

  @Test
  void aStorageNamedForOneLifeIsGoneInTheNext() throws Exception {
    PreparedStorage prepared = await(computes.takePrepared(LocalCell.ID));
    Route console = LocalCell.route("board", prepared.storage());
    await(computes.nameForThisLife(prepared, console, LocalCell.ddl()));
    Route shop = create("shop");
    assertThat(sql(console, "a_ddl", "SELECT current_database()"))
        .containsExactly(List.of("board"));
    assertThat(uses()).containsEntry(console.storage(), Use.CONSOLE);

    await(computes.suspendAll());
    cell.reopen();

    assertThat(await(cell.provider().storages().all())).extracting(StoredStorage::id)
        .containsExactly(shop.storage());
  }

  private long bytes(Route route) {
    return await(computes.storages(LocalCell.ID)).stream()
        .filter(storage -> storage.id().equals(route.storage()))
        .findFirst()
        .orElseThrow()
        .bytes();
  }

  private Map<StorageId, Use> uses() {
    return await(computes.storages(LocalCell.ID)).stream()
        .collect(Collectors.toMap(StoredStorage::id, StoredStorage::use));
  }
}
