package dev.reveille.compute.local;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.ComputeSupervisor;
import dev.reveille.compute.ComputeTimer;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.RunningCompute;
import dev.reveille.compute.SupervisorSettings;
import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.clone.CloneDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A local cell in a short temporary directory, for tests; its computes are stopped with it. */
public final class LocalCell implements AutoCloseable {
  public static final CellId ID = new CellId("c1");
  private static final Duration LIMIT = Duration.ofSeconds(60);

  final Path home;
  final LocalSettings settings;
  private final boolean ours;
  private LocalProvider provider;

  private LocalCell(Path home, boolean ours, UnaryOperator<LocalSettings> change)
      throws IOException, InterruptedException {
    this.home = home;
    this.ours = ours;
    this.settings = change.apply(settings(home));
    this.provider = open(settings);
  }

  /** A cell without a pool, unless {@code change} says otherwise. */
  public static LocalCell create(UnaryOperator<LocalSettings> change)
      throws IOException, InterruptedException {
    return create(HomePlace.path(), change);
  }

  /** The same in another directory, for its file system. */
  static LocalCell create(Path where, UnaryOperator<LocalSettings> change)
      throws IOException, InterruptedException {
    Path home = Files.createTempDirectory(where, "rv");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
    Files.createDirectory(home.resolve("run"));
    Files.setPosixFilePermissions(home.resolve("run"),
        PosixFilePermissions.fromString("rwx--x--x"));
    Path cell = home.resolve("cell");
    StorageTree.passable(cell);
    return new LocalCell(home, true, change);
  }

  /** The cell that is in a directory already; closing it leaves the directory alone. */
  public static LocalCell existing(Path home, UnaryOperator<LocalSettings> change)
      throws IOException, InterruptedException {
    return new LocalCell(home, false, change);
  }

  private static LocalSettings settings(Path home) throws IOException, InterruptedException {
    return LocalSettings
        .of(ID, home.resolve("cell"), home.resolve("run"), ComputeUser.current(), postgres())
        .withPool(0, 0);
  }

  /** The programs that the product itself would use. */
  public static PostgresDistribution postgres() throws IOException, InterruptedException {
    return new EmbeddedPostgres(EmbeddedPostgres.defaultCache(ComputeUser.current()),
        BinariesFetcher.NONE, UnpackListener.NONE).distribution(EmbeddedPostgres.PACKED_MAJOR);
  }

  private static LocalProvider open(LocalSettings settings) {
    LocalProvider provider = new LocalProvider(settings, StartLimit.ofMachine(), System::nanoTime);
    await(provider.recover());
    await(provider.ready());
    return provider;
  }

  public LocalProvider provider() {
    return provider;
  }

  /** What the provider itself clones with. */
  CloneDriver driver() {
    return provider.driver();
  }

  /** As if the proxy had been started again. */
  void reopen() {
    provider.close();
    provider = open(settings);
  }

  /** The cell's directories, as its provider sees them. */
  StorageTree tree() throws IOException, InterruptedException {
    StorageTree tree = new StorageTree(settings.directory(), settings.user());
    tree.create();
    return tree;
  }

  StorageDirectory storage(Route route) {
    return new StorageTree(settings.directory(), settings.user()).storage(route.storage());
  }

  /** A new, named database and its running compute. */
  public Named create(String name) {
    var prepared = await(provider.takePrepared());
    Route route = route(name, prepared.storage());
    return new Named(route, await(provider.name(prepared, route, ddl())));
  }

  record Named(Route route, RunningCompute compute) {}

  public static Route route(String name, StorageId storage) {
    return new Route(DatabaseId.random(), new AccountId(new UUID(0, 1)), name, ID, storage,
        DatabaseSettings.DEFAULTS, 1);
  }

  public static LoginRole ddl() {
    return new LoginRole("a_ddl", Mode.DDL, new ObjectScope.All(), 1, 0);
  }

  /** A supervisor over this cell alone; closing it closes the cell's provider too. */
  public ComputeSupervisor supervisor() {
    return new ComputeSupervisor(Map.of(ID, provider), SupervisorSettings.DEFAULTS,
        ComputeTimer.system());
  }

  /** Runs SQL on a fresh connection. */
  public static List<List<@Nullable String>> sql(RunningCompute compute, String role,
      String database, String sql) throws IOException {
    try (AdminConnection connection = AdminConnection.open(NamedCompute.socket(compute), role,
        database, LIMIT)) {
      return connection.query(sql);
    }
  }

  public static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
  }

  @Override
  public void close() throws IOException {
    provider.close();
    if (ours) {
      new StrayComputes(System::nanoTime)
          .stopAll(new StorageTree(settings.directory(), settings.user()).all());
      FileTrees.delete(home);
    }
  }
}
