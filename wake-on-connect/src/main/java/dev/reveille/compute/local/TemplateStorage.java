package dev.reveille.compute.local;

import dev.reveille.cell.StorageId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The storage that every new one of a cell is a copy of: initialised once per version of Postgres,
 * hardened, and stopped cleanly, for this home or another one. Never started again. Blocking; {@link #create} is for one thread.
 */
final class TemplateStorage {
  private static final String ACCESS = """
      # Only the proxy can reach this socket: it lives in a directory of mode 0700.
      local all all trust
      """;

  private final StorageTree tree;
  private final PostgresDistribution postgres;
  private final ComputeLauncher launcher;
  private final Duration startLimit;

  TemplateStorage(StorageTree tree, PostgresDistribution postgres, ComputeLauncher launcher,
      Duration startLimit) {
    this.tree = tree;
    this.postgres = postgres;
    this.launcher = launcher;
    this.startLimit = startLimit;
  }

  /** What copies of this template are marked with while they have no name. */
  String key() {
    return "template-" + postgres.version() + "-r" + StorageHardening.REVISION;
  }

  Path root() {
    return tree.cell().resolve(key());
  }

  /** Makes the template if the cell does not have it. Takes half a second to ten. */
  void create() throws IOException, InterruptedException {
    if (Files.isDirectory(root())) {
      return;
    }
    Path making = root().resolveSibling(key() + ".making");
    StorageDirectory storage = new StorageDirectory(StorageId.random(), making);
    launcher.strays().stopAll(storage);
    tree.driver().remove(storage.data());
    FileTrees.delete(making);
    StorageTree.passable(making);
    tree.driver().create(storage.data());
    NewClusters.fill(postgres, recipe(), storage.data(), tree.user(), data -> make(storage));
    ChildProcesses.run(List.of("sync", "-f", making.toString()));
    Files.move(making, root(), StandardCopyOption.ATOMIC_MOVE);
    FileTrees.syncDirectory(tree.cell());
  }

  private List<String> recipe() {
    List<String> recipe = new ArrayList<>(options());
    recipe.add(ACCESS);
    recipe.addAll(StorageHardening.recipe());
    return recipe;
  }

  private void make(StorageDirectory storage) throws IOException, InterruptedException {
    List<String> initdb = new ArrayList<>(launcher.user().becomeUntilParentDies());
    initdb.addAll(List.of("nice", "-n", "5", postgres.program("initdb").toString(), "-D",
        storage.data().toString()));
    initdb.addAll(options());
    ChildProcesses.run(initdb);
    Files.writeString(storage.data().resolve("pg_hba.conf"), ACCESS);
    LocalCompute compute = launcher.launch(postgres, storage, new StorageEpoch(storage),
        ComputeSettings.DEFAULTS, startLimit);
    try {
      StorageHardening.create(compute.address().socket());
    } finally {
      compute.stop().toCompletableFuture().join();
    }
    Files.deleteIfExists(storage.data().resolve("postmaster.opts"));
  }

  /** Copies the template, by reference where the file system can, at low priority; durably. */
  StorageDirectory copy(StorageId id) throws IOException, InterruptedException {
    StorageDirectory making = tree.begin(id);
    try {
      Files.writeString(making.unnamedMark(), key());
      tree.driver().clonePatiently(root().resolve("data"), making.data());
    } catch (IOException | InterruptedException e) {
      tree.abandon(making);
      throw e;
    }
    return tree.finish(making);
  }

  /** Each segment of the log that initdb would keep for later would be in every copy. */
  private List<String> options() {
    List<String> options = new ArrayList<>(List.of("--username=" + RoleNames.ADMIN,
        "--encoding=UTF8", "--auth=trust", "--data-checksums", "--wal-segsize=1", "--no-sync",
        "--set=timezone=UTC", "--set=log_timezone=UTC", "--set=min_wal_size=2MB",
        "--set=max_wal_size=2MB"));
    options.addAll(postgres.major() >= 17
        ? List.of("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        : List.of("--locale=C.UTF-8"));
    return options;
  }
}
