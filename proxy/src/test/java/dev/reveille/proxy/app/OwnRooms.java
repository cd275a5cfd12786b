package dev.reveille.proxy.app;

import dev.reveille.auth.SharedKey;
import dev.reveille.cell.Catalog;
import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.Route;
import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeSupervisor;
import dev.reveille.compute.ComputeTimer;
import dev.reveille.compute.Computes;
import dev.reveille.compute.SupervisorSettings;
import dev.reveille.compute.WakeOutcome;
import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.clone.CopyTurns;
import dev.reveille.compute.local.LocalProvider;
import dev.reveille.proxy.audit.Audit;
import dev.reveille.proxy.audit.AuditedRoles;
import dev.reveille.proxy.budget.AccountBudget;
import dev.reveille.proxy.config.Configuration;
import dev.reveille.proxy.operations.ConnectionStrings;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.LifetimeRules;
import dev.reveille.proxy.operations.Policies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A catalog and one cell of real Postgres in a home of their own, without clients. */
final class OwnRooms implements AutoCloseable {
  private static final Duration SQL = Duration.ofSeconds(20);
  private static final String ADMIN = "reveille_admin";
  static final CellId CELL = new CellId("a");

  final Path home;
  final Catalog catalog;
  final ComputeSupervisor computes;
  private final CatalogKeeper keeper;
  private final Machine machine;
  private final CopyTurns turns;
  private boolean stopped;

  private OwnRooms(Path home, Machine machine, CatalogKeeper keeper, ComputeSupervisor computes,
      CopyTurns turns) {
    this.turns = turns;
    this.home = home;
    this.machine = machine;
    this.keeper = keeper;
    this.catalog = keeper.catalog();
    this.computes = computes;
  }

  static OwnRooms open() throws Exception {
    Path directory = Files.createTempDirectory(HomePlace.path(), "reveille-rooms-");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Home home = new Home(directory);
    home.prepare();
    Path file = directory.resolve("config.yaml");
    Files.writeString(file, """
        cells: [{id: a}]
        compute: {prepared-running: 0, prepared-copied: 2}
        """);
    Configuration configuration = Configuration.load(file, Map.of());
    Machine machine = Machine.prepare(home, configuration.compute(), step -> {
    });
    CatalogKeeper keeper = CatalogKeeper.open(home, configuration.catalog(), machine);
    Cells cells = Cells.open(home, configuration, machine, new AuditedRoles(event -> {
    }));
    ComputeSupervisor computes = new ComputeSupervisor(cells.providers(),
        SupervisorSettings.DEFAULTS, ComputeTimer.system());
    computes.recover().toCompletableFuture().get(1, TimeUnit.MINUTES);
    cells.register(keeper.catalog());
    if (!(cells.providers().get(CELL) instanceof LocalProvider provider)) {
      throw new AssertionError("not a local cell");
    }
    return new OwnRooms(directory, machine, keeper, computes, provider.driver().turns());
  }

  /** Operations on these rooms, or on what stands before them. */
  Databases databases(Catalog before, Computes beside, InstantSource clock, Audit audit) {
    return databases(before, beside, clock, audit, Duration.ofMinutes(1));
  }

  /** Those of which the copies of this cell take turns, and which a test may keep from going on. */
  CopyTurns turns() {
    return turns;
  }

  /** @param deadline how long a step may stand still */
  Databases databases(Catalog before, Computes beside, InstantSource clock, Audit audit,
      Duration deadline) {
    return new Databases(before, beside,
        new Policies(DatabaseSettings.DEFAULTS, LifetimeRules.DEFAULTS, deadline, 1L << 30),
        () -> new ConnectionStrings("localhost", 6432, Optional.empty()),
        () -> SharedKey.of(new byte[32]), new Random(7), clock, audit, Set.of(CELL),
        AccountBudget.UNLIMITED);
  }

  Databases databases() {
    return databases(catalog, computes, InstantSource.system(), event -> {
    });
  }

  /** Runs a statement as the owner of the compute; the first column of each row. */
  List<String> sql(String database, String statement) throws Exception {
    Route route = catalog.route(catalog.defaultAccount(), database).orElseThrow();
    var wake = computes.wake(route);
    WakeOutcome outcome = wake.outcome().toCompletableFuture().get(1, TimeUnit.MINUTES);
    if (!(outcome instanceof WakeOutcome.Ready ready)
        || !(ready.endpoint().address() instanceof ComputeAddress.UnixSocket unix)) {
      throw new AssertionError("not awake: " + outcome);
    }
    try (AdminConnection admin = AdminConnection.open(unix.socket(), ADMIN, database, SQL)) {
      return admin.query(statement)
          .stream()
          .map(row -> String.valueOf(row.getFirst()))
          .toList();
    } finally {
      wake.abandon();
    }
  }

  /** What runs is stopped; the home stays. Idempotent. */
  void stop() throws IOException {
    if (stopped) {
      return;
    }
    stopped = true;
    computes.close();
    keeper.close();
    Directories.leaveSockets(machine.sockets());
  }

  @Override
  public void close() throws IOException {
    stop();
    try (var files = Files.walk(home)) {
      for (Path one : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(one);
      }
    }
  }
}
