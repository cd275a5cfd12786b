package dev.reveille.compute.local;

import dev.reveille.cell.StorageId;
import dev.reveille.compute.admin.AdminConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A Postgres as initdb leaves it, from the programs that computes run: what an attack is tried on
 * first, to see that it would succeed. Its roles are made as people make them without a second
 * thought.
 */
final class StockPostgres implements AutoCloseable {
  private final Path home;
  private final LocalCompute compute;
  private final ExecutorService blocking;

  private StockPostgres(Path home, LocalCompute compute, ExecutorService blocking) {
    this.home = home;
    this.compute = compute;
    this.blocking = blocking;
  }

  static StockPostgres start() throws IOException, InterruptedException {
    Path home = Files.createTempDirectory(Path.of("/tmp"), "rvs");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
    Path run = Files.createDirectory(home.resolve("run"));
    Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx--x--x"));
    ComputeUser user = ComputeUser.current();
    PostgresDistribution postgres = LocalCell.postgres();
    StorageDirectory storage = new StorageDirectory(StorageId.random(), home.resolve("storage"));
    StorageTree.passable(storage.root());
    StorageTree.createData(storage.data(), user);
    List<String> initdb = new ArrayList<>(user.becomeUntilParentDies());
    initdb.addAll(List.of(postgres.program("initdb").toString(), "-D", storage.data().toString(),
        "--username=postgres", "--encoding=UTF8", "--locale=C", "--auth=trust", "--no-sync"));
    ChildProcesses.run(initdb);
    ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    LocalCompute compute = new ComputeLauncher(user, run, blocking, System::nanoTime)
        .launch(postgres, storage, new StorageEpoch(storage), ComputeSettings.DEFAULTS,
            Duration.ofMinutes(2));
    return new StockPostgres(home, compute, blocking);
  }

  AdminConnection connect(String role, String database) throws IOException {
    return AdminConnection.open(compute.address().socket(), role, database,
        Duration.ofSeconds(20));
  }

  @Override
  public void close() throws IOException {
    compute.stop().toCompletableFuture().join();
    blocking.close();
    FileTrees.delete(home);
  }
}
