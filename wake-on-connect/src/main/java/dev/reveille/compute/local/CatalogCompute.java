package dev.reveille.compute.local;

import dev.reveille.cell.StorageId;
import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.admin.Sql;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/**
 * The embedded catalog: one more compute from the same programs, that listens on a free port of the
 * loopback address and asks for a password there. It is made on first use, and stops with this
 * process like every other compute. Blocking.
 */
public final class CatalogCompute implements AutoCloseable {
  /** The role that the catalog is used as, and its database. */
  public static final String ROLE = RoleNames.ADMIN;
  public static final String DATABASE = "postgres";

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int CONNECTIONS = 40;
  private static final String ACCESS = """
      # The socket lives in a directory of mode 0700; the port asks for the password.
      local all all trust
      host all all 127.0.0.1/32 scram-sha-256
      """;

  private static final List<String> INITDB = List.of("--username=" + RoleNames.ADMIN,
      "--encoding=UTF8", "--locale=C", "--auth=trust", "--data-checksums", "--wal-segsize=1",
      "--no-sync");

  private final LocalCompute compute;
  private final int port;
  private final ExecutorService blocking;

  private CatalogCompute(LocalCompute compute, int port, ExecutorService blocking) {
    this.compute = compute;
    this.port = port;
    this.blocking = blocking;
  }

  /**
   * Stops what an earlier life left running on the directory, then starts the catalog.
   *
   * @param directory its own, in an existing parent that the compute's user can reach
   * @param password what {@link #ROLE} is to be asked for from now on
   * @param wantedPort where to listen; 0 takes a port that is free
   * @param passwordIsNew whether the catalog does not know the password yet
   * @throws dev.reveille.compute.ComputeFailedException if it does not start
   */
  public static CatalogCompute start(Path directory, Path runDirectory, ComputeUser user,
      PostgresDistribution postgres, Distributions distributions, int wantedPort, String password,
      boolean passwordIsNew, LongSupplier nanoTime) throws IOException, InterruptedException {
    ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    ComputeLauncher launcher = new ComputeLauncher(user, runDirectory, blocking, nanoTime);
    StorageDirectory storage = new StorageDirectory(identity(directory), directory);
    boolean made = storage.exists();
    if (made) {
      launcher.strays().stopAll(storage);
    } else {
      make(storage, user, postgres, launcher);
    }
    PostgresDistribution programs = storage.major() == postgres.major()
        ? postgres
        : distributions.forMajor(storage.major());
    int port = wantedPort == 0 ? freePort() : wantedPort;
    ComputeSettings settings = ComputeSettings.DEFAULTS.withMaxConnections(CONNECTIONS)
        .withExtra(Map.of("listen_addresses", "127.0.0.1", "port", Integer.toString(port)));
    LocalCompute compute = launcher.launch(programs, storage, new StorageEpoch(storage), settings,
        LIMIT);
    CatalogCompute catalog = new CatalogCompute(compute, port, blocking);
    if (!made || passwordIsNew) {
      catalog.setPassword(password);
    }
    return catalog;
  }

  /** Its port on 127.0.0.1, for this life. */
  public int port() {
    return port;
  }

  public long processId() {
    return compute.processId();
  }

  /** Completes with the reason as soon as it has gone, for whatever cause. */
  public CompletionStage<String> gone() {
    return compute.gone();
  }

  /** Stops it cleanly and waits. */
  @Override
  public void close() {
    compute.stop().toCompletableFuture().join();
    blocking.close();
  }

  private static void make(StorageDirectory storage, ComputeUser user,
      PostgresDistribution postgres, ComputeLauncher launcher)
      throws IOException, InterruptedException {
    Path making = storage.root().resolveSibling(storage.root().getFileName() + ".making");
    StorageDirectory beside = new StorageDirectory(storage.id(), making);
    launcher.strays().stopAll(beside);
    FileTrees.delete(making);
    StorageTree.passable(making);
    StorageTree.createData(beside.data(), user);
    List<String> recipe = new ArrayList<>(INITDB);
    recipe.add(ACCESS);
    NewClusters.fill(postgres, recipe, beside.data(), user, data -> {
      List<String> initdb = new ArrayList<>(user.becomeUntilParentDies());
      initdb.addAll(List.of(postgres.program("initdb").toString(), "-D", data.toString()));
      initdb.addAll(INITDB);
      ChildProcesses.run(initdb);
      Files.writeString(data.resolve("pg_hba.conf"), ACCESS);
    });
    ChildProcesses.run(List.of("sync", "-f", making.toString()));
    FileTrees.delete(storage.root());
    Files.move(making, storage.root(), StandardCopyOption.ATOMIC_MOVE);
    FileTrees.syncDirectory(storage.root().getParent());
  }

  private void setPassword(String password) throws IOException {
    Path socket = compute.address().socket().resolveSibling(".s.PGSQL." + port);
    try (AdminConnection admin = AdminConnection.open(socket, RoleNames.ADMIN,
        RoleNames.ADMIN_DATABASE, LIMIT)) {
      admin.execute("SET log_statement = 'none'; ALTER ROLE " + Sql.identifier(ROLE) + " PASSWORD "
          + Sql.literal(password));
    }
  }

  private static StorageId identity(Path directory) {
    return new StorageId(UUID.nameUUIDFromBytes(
        directory.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8)));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
