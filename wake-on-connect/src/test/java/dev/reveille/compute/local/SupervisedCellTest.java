package dev.reveille.compute.local;

import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.Route;
import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.compute.ComputeSupervisor;
import dev.reveille.compute.Login;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.PreparedStorage;
import dev.reveille.compute.SuspendOutcome;
import dev.reveille.compute.Wake;
import dev.reveille.compute.WakeOutcome;
import dev.reveille.compute.admin.AdminConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.reveille.compute.local.LocalCell.await;
import static org.assertj.core.api.Assertions.assertThat;

class SupervisedCellTest {
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

  private static AdminConnection connect(ComputeEndpoint endpoint, Login login)
      throws IOException {
    return AdminConnection.open(((ComputeAddress.UnixSocket) endpoint.address()).socket(),
        login.role(), login.databaseName(), Duration.ofSeconds(20));
  }

  @Test
  void fiftyWakesOfASleepingDatabaseAreOneStart() throws Exception {
    Route route = create("shop");
    long before = awake(route).epoch();
    assertThat(await(computes.suspend(route.database())))
        .isInstanceOf(SuspendOutcome.Suspended.class);

    List<Wake> wakes = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      wakes.add(computes.wake(route));
    }

    for (Wake wake : wakes) {
      assertThat(await(wake.outcome())).isInstanceOfSatisfying(WakeOutcome.Ready.class,
          ready -> assertThat(ready.endpoint().epoch()).isGreaterThan(before));
    }
    assertThat(computes.statuses()).singleElement()
        .satisfies(status -> assertThat(status.state()).isEqualTo("awake"));
    assertThat(wakes.stream()
        .map(wake -> ((WakeOutcome.Ready) await(wake.outcome())).endpoint())
        .distinct()).hasSize(1);
    wakes.forEach(Wake::abandon);
  }

  @Test
  void aComputeThatIsKilledIsNoticedAndTheNextWakeRepairsIt() throws Exception {
    Route route = create("killed");
    ComputeEndpoint first = awake(route);
    Login login = await(computes.login(route, first, LocalCell.ddl()));
    try (AdminConnection connection = connect(first, login)) {
      connection.execute("CREATE TABLE t AS SELECT 7 AS n");
    }
    CountDownLatch told = new CountDownLatch(1);
    AutoCloseable attached = computes.attach(route.database(), new IdleSession(told));
    long pid = computes.statuses().getFirst().processId().getAsLong();

    assertThat(Signals.KILL.send(pid)).isTrue();

    assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
    attached.close();
    ComputeEndpoint second = awake(route);
    assertThat(second.epoch()).isGreaterThan(first.epoch());
    try (AdminConnection connection = connect(second,
        await(computes.login(route, second, LocalCell.ddl())))) {
      assertThat(connection.query("SELECT n FROM t")).containsExactly(List.of("7"));
    }
  }

  @Test
  void everyModeGetsARoleThatCanDoJustThat() throws Exception {
    Route route = create("modes");
    ComputeEndpoint endpoint = awake(route);
    Login ddl = await(computes.login(route, endpoint, LocalCell.ddl()));
    Login rw = await(
        computes.login(route, endpoint,
            new LoginRole("a_rw", Mode.RW, new ObjectScope.All(), 1, 0)));
    Login ro = await(
        computes.login(route, endpoint,
            new LoginRole("a_ro", Mode.RO, new ObjectScope.All(), 1, 0)));

    try (AdminConnection owner = connect(endpoint, ddl);
        AdminConnection writer = connect(endpoint, rw);
        AdminConnection reader = connect(endpoint, ro)) {
      owner.execute("CREATE TABLE t(n int)");
      writer.execute("INSERT INTO t VALUES (1)");
      assertThat(reader.query("SELECT n FROM t")).containsExactly(List.of("1"));
      assertThat(Refusals.sqlState(writer, "CREATE TABLE u(n int)")).isEqualTo("42501");
      assertThat(Refusals.sqlState(reader, "INSERT INTO t VALUES (2)")).isEqualTo("42501");
      assertThat(owner.query("SELECT tableowner FROM pg_tables WHERE tablename = 't'"))
          .containsExactly(List.of("reveille_owner"));
    }
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(computes.statuses()).allMatch(s -> s.state().equals("awake")));
  }

  @Test
  void aGracefulStopShutsEveryPostgresDownCleanly() throws Exception {
    List<Route> routes = List.of(create("one"), create("two"));

    await(computes.suspendAll());

    for (Route route : routes) {
      StorageDirectory storage = cell.storage(route);
      assertThat(ProcessesOf.data(storage.data())).isEmpty();
      assertThat(LogTail.since(storage.log(), 0)).contains("database system is shut down");
    }
    assertThat(computes.statuses()).allMatch(status -> status.state().equals("asleep"));
  }

  @Test
  void anIdleDatabaseGoesToSleepByItselfAndLeavesNoProcess() throws Exception {
    PreparedStorage prepared = await(computes.takePrepared(LocalCell.ID));
    Route usual = LocalCell.route("idle", prepared.storage());
    Route route = new Route(usual.database(), usual.account(), usual.name(), usual.homeCell(),
        usual.storage(), new DatabaseSettings(Duration.ofMillis(200)), usual.version());

    await(computes.name(prepared, route, LocalCell.ddl()));

    Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
      assertThat(computes.statuses().getFirst().state()).isEqualTo("asleep");
      assertThat(ProcessesOf.data(cell.storage(route).data())).isEmpty();
    });
    assertThat(awake(route).epoch()).isGreaterThan(1);
  }

  @Test
  void aDroppedDatabaseLeavesNeitherProcessNorStorage() throws Exception {
    Route route = create("dropped");

    await(computes.drop(route));

    assertThat(Files.exists(cell.storage(route).root())).isFalse();
    assertThat(await(computes.wake(route).outcome())).isInstanceOf(WakeOutcome.Dropped.class);
  }
}
