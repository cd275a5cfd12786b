package dev.reveille.compute.local;

import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.Hold;
import dev.reveille.compute.RunningCompute;
import dev.reveille.compute.StoredStorage;
import dev.reveille.compute.StoredStorage.Use;
import dev.reveille.compute.clone.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.reveille.compute.local.LocalCell.await;
import static dev.reveille.compute.local.LocalCell.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Every state that a process can leave when it is killed while it clones, settles or archives: the
 * next life finds all or nothing. {@code -Dreveille.kills=N} kills more real processes,
 * {@code -Dreveille.kills.seed} at the same moments again.
 */
class HalfDoneTest {
  private static final int KILLS = Integer.getInteger("reveille.kills", 2);

  private LocalCell cell;
  private Route kept;
  private StorageDirectory storage;

  @BeforeEach
  void open() throws Exception {
    cell = LocalCell.create(settings -> settings);
    LocalCell.Named database = cell.create("kept");
    sql(database.compute(), "a_ddl", "kept", "CREATE TABLE t AS SELECT 5 AS n");
    await(database.compute().stop());
    kept = database.route();
    storage = cell.storage(kept);
  }

  @AfterEach
  void close() throws Exception {
    cell.close();
  }

  private void holdsItsRow(Route route) throws IOException {
    RunningCompute compute = await(cell.provider().start(route));
    assertThat(sql(compute, RoleNames.ADMIN, route.name(), "SELECT n FROM t"))
        .containsExactly(List.of("5"));
    await(compute.stop());
  }

  private List<StoredStorage> all() {
    return await(cell.provider().storages().all());
  }

  private void onlyTheDatabaseIsLeft() throws IOException {
    assertThat(all()).extracting(StoredStorage::id, StoredStorage::use)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(kept.storage(), Use.NAMED));
    holdsItsRow(kept);
  }

  private static void copy(Path from, Path to) throws IOException, InterruptedException {
    ChildProcesses.run(List.of("cp", "-a", from.toString(), to.toString()));
  }

  @Test
  void aCloneThatWasNotFinishedIsNoStorageAndCanBeBegunAgain() throws Exception {
    StorageId target = StorageId.random();
    StorageDirectory making = cell.tree().begin(target);
    assertThat(all()).extracting(StoredStorage::use)
        .containsExactlyInAnyOrder(Use.UNFINISHED, Use.NAMED);
    copy(storage.data(), making.data());
    Files.delete(making.data().resolve("PG_VERSION"));

    cell.reopen();
    onlyTheDatabaseIsLeft();

    await(cell.provider().storages().clone(kept.storage(), Optional.empty(), target, new Hold()));
    holdsItsRow(LocalCell.route("branch", target));
  }

  @Test
  void aCloneOfAFreshCloneIsItselfAllOrNothingAndLeavesTheFirstAsItIs() throws Exception {
    StorageId branch = StorageId.random();
    StorageId base = StorageId.random();
    await(cell.provider().storages().clone(kept.storage(), Optional.empty(), branch, new Hold()));
    StorageDirectory making = cell.tree().begin(base);
    copy(cell.tree().storage(branch).data(), making.data());
    Files.delete(making.data().resolve("PG_VERSION"));

    cell.reopen();
    assertThat(all()).extracting(StoredStorage::id)
        .containsExactlyInAnyOrder(kept.storage(), branch);

    await(cell.provider().storages().clone(branch, Optional.empty(), base, new Hold()));
    Route changed = LocalCell.route("branch", branch);
    RunningCompute compute = await(cell.provider().start(changed));
    sql(compute, RoleNames.ADMIN, "branch", "UPDATE t SET n = 6");
    await(compute.stop());
    StorageId read = StorageId.random();
    await(cell.provider().storages().clone(base, Optional.empty(), read, new Hold()));
    holdsItsRow(LocalCell.route("read", read));
  }

  @Test
  void aCloneThatFailsLeavesNothing() throws Exception {
    ChildProcesses.run(List.of("rm", "-r", storage.data().resolve("global").toString()));
    RunningCompute none = new NamedCompute(kept.database(), gone());

    assertThatThrownBy(() -> await(cell.provider()
        .storages()
        .clone(kept.storage(), Optional.of(none), StorageId.random(), new Hold()))).isNotNull();

    assertThat(all()).extracting(StoredStorage::id).containsExactly(kept.storage());
  }

  /** A compute that cannot be reached any more. */
  private LocalCompute gone() throws Exception {
    SocketDirectory sockets = SocketDirectory.create(cell.settings.runDirectory(), storage, 99,
        cell.settings.user());
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    return new LocalCompute(storage, sockets, 99, 1, ended, Runnable::run,
        new StrayComputes(System::nanoTime));
  }

  @Test
  void aStorageIsNeverCloneTargetTwice() {
    assertThatThrownBy(() -> await(cell.provider()
        .storages()
        .clone(kept.storage(), Optional.empty(), kept.storage(), new Hold())))
        .hasMessageContaining("exists already");
  }

  @Test
  void aRunningStorageIsNotClonedAsIfItSlept() {
    RunningCompute compute = await(cell.provider().start(kept));

    assertThatThrownBy(() -> await(cell.provider()
        .storages()
        .clone(kept.storage(), Optional.empty(), StorageId.random(), new Hold())))
        .hasMessageContaining("in use");
    assertThatThrownBy(() -> await(cell.provider().storages().archive(kept.storage(), new Hold())))
        .hasMessageContaining("in use");
    await(compute.stop());
  }

  @Test
  void anArchiveThatWasNotFinishedIsForgotten() throws Exception {
    Files.writeString(storage.root().resolve("archive.next"), "half of");

    cell.reopen();

    assertThat(Files.exists(storage.root().resolve("archive.next"))).isFalse();
    onlyTheDatabaseIsLeft();
  }

  @Test
  void whileBothAreThereTheDataDirectoryCounts() throws Exception {
    Path aside = cell.home.resolve("aside");
    copy(storage.data(), aside);
    await(cell.provider().storages().archive(kept.storage(), new Hold()));
    Files.move(aside, storage.data());

    cell.reopen();

    assertThat(Files.exists(storage.archive())).isFalse();
    onlyTheDatabaseIsLeft();
  }

  @Test
  void whatWasHalfUnpackedIsUnpackedAgain() throws Exception {
    await(cell.provider().storages().archive(kept.storage(), new Hold()));
    Files.createDirectories(storage.root().resolve("data.unpacking").resolve("base"));

    cell.reopen();
    assertThat(all()).extracting(StoredStorage::use).containsExactly(Use.ARCHIVED);
    await(cell.provider().storages().unarchive(kept.storage(), new Hold()));

    onlyTheDatabaseIsLeft();
  }

  @Test
  void anArchiveTellsHowFarItIsAndChangesNothingWhenItIsGivenUp() throws Exception {
    StorageArchive archive = new StorageArchive(cell.tree(), cell.settings.user());
    long size = FileTrees.size(storage.data());
    LongAdder moved = new LongAdder();
    Progress half = bytes -> {
      moved.add(bytes);
      if (moved.sum() > size / 2) {
        throw new IllegalStateException("enough");
      }
    };

    assertThatThrownBy(() -> archive.pack(storage, half)).hasMessage("enough");
    assertThat(Files.exists(storage.root().resolve("archive.next"))).isFalse();
    assertThat(storage.exists() && !Files.exists(storage.archive())).isTrue();
    moved.reset();
    archive.pack(storage, moved::add);
    assertThat(moved.sum()).isEqualTo(size);

    moved.reset();
    assertThatThrownBy(() -> archive.unpack(storage, half)).hasMessage("enough");
    assertThat(Files.exists(storage.root().resolve("data.unpacking"))).isFalse();
    assertThat(storage.archived()).isTrue();
    moved.reset();
    archive.unpack(storage, moved::add);
    assertThat(moved.sum()).isEqualTo(size);

    onlyTheDatabaseIsLeft();
  }

  @Test
  void aDamagedArchiveIsToldAndKept() throws Exception {
    await(cell.provider().storages().archive(kept.storage(), new Hold()));
    byte[] bytes = Files.readAllBytes(storage.archive());
    bytes[bytes.length / 2] ^= 0x40;
    Files.write(storage.archive(), bytes);

    assertThatThrownBy(
        () -> await(cell.provider().storages().unarchive(kept.storage(), new Hold())))
        .isNotNull();

    assertThat(Files.exists(storage.archive())).isTrue();
    assertThat(Files.exists(storage.data())).isFalse();
  }

  @Test
  void anOrdinaryStartAsksTheComputeNothing() throws Exception {
    SettledStorage.settle(storage, Path.of("/nowhere/at/all"), "kept");

    assertThatThrownBy(() -> SettledStorage.settle(storage, Path.of("/nowhere/at/all"), "other"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void settlingIsDoneAgainFromWhereverItStopped() throws Exception {
    StorageId target = StorageId.random();
    await(cell.provider().storages().clone(kept.storage(), Optional.empty(), target, new Hold()));
    Route branch = LocalCell.route("branch", target);
    holdsItsRow(branch);
    StorageDirectory made = cell.storage(branch);

    Files.writeString(made.clonedMark(), "the roles have gone and the mark has not");
    Files.writeString(made.settledMark(), "");
    holdsItsRow(branch);
    Files.delete(made.settledMark());
    holdsItsRow(branch);

    assertThat(Files.readString(made.settledMark())).isEqualTo("branch");
    assertThat(Files.exists(made.clonedMark())).isFalse();
  }

  @Test
  void aProcessThatIsKilledAnywhereLeavesNothingHalf() throws Exception {
    long seed = Long.getLong("reveille.kills.seed", System.nanoTime());
    System.out.println("reveille.kills.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < KILLS; i++) {
      cell.provider().close();
      Process life = new ProcessBuilder(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
          CloneLife.class.getName(), cell.home.toString(), kept.storage().toString())
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
      try (var out = life.inputReader(StandardCharsets.UTF_8)) {
        String line = out.readLine();
        while (line != null && !line.equals("goes on")) {
          line = out.readLine();
        }
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(random.nextInt(3_000));
        while (life.isAlive() && System.nanoTime() - until < 0) {
          LockSupport.parkNanos(1_000_000);
        }
        assertThat(life.isAlive()).isTrue();
        life.destroyForcibly().waitFor();
      }
      cell.reopen();
      for (StoredStorage found : all()) {
        assertThat(found.use()).as("kill %d of seed %d", i, seed)
            .isIn(Use.NAMED, Use.ARCHIVED);
        await(cell.provider().storages().unarchive(found.id(), new Hold()));
        holdsItsRow(LocalCell.route("kept", found.id()));
        if (!found.id().equals(kept.storage())) {
          await(cell.provider().storages().delete(found.id()));
        }
      }
      onlyTheDatabaseIsLeft();
    }
  }
}
