package dev.reveille.compute.local;

import dev.reveille.cell.StorageId;
import dev.reveille.compute.CellStorages;
import dev.reveille.compute.Hold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static dev.reveille.compute.local.LocalCell.await;
import static org.assertj.core.api.Assertions.assertThat;

/** A cell on btrfs, where every data directory is a subvolume. */
class SnapshotCellTest {
  @Test
  void storagesAreSubvolumesFromTheirFirstMomentAndGoAsAWhole() throws Exception {
    try (LoopDisk disk = LoopDisk.forDriver("btrfs");
        LocalCell cell = LocalCell.create(disk.path(), settings -> settings)) {
      LocalCell.Named parent = cell.create("parent");
      await(parent.compute().stop());
      StorageId clone = StorageId.random();
      CellStorages storages = cell.provider().storages();
      await(storages.clone(parent.route().storage(), Optional.empty(), clone, new Hold()));
      StorageDirectory cloned = cell.tree().storage(clone);
      assertThat(subvolume(cell.storage(parent.route()).data())).isTrue();
      assertThat(subvolume(cloned.data())).isTrue();

      await(storages.archive(clone, new Hold()));
      await(storages.unarchive(clone, new Hold()));
      assertThat(subvolume(cloned.data())).as("also when it comes back").isTrue();

      await(storages.delete(clone));
      cell.tree().emptyTrash();
      try (var trash = Files.list(cell.settings.directory().resolve("trash"))) {
        assertThat(trash).isEmpty();
      }
    }
  }

  private static boolean subvolume(Path data) throws IOException {
    return Files.getAttribute(data, "unix:ino").equals(256L);
  }
}
