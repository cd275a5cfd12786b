package dev.reveille.proxy.cli;

import dev.reveille.compute.local.ComputeUser;
import dev.reveille.proxy.app.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StorageImageTest {
  private Path directory;
  private Home home;

  @BeforeEach
  void open() throws Exception {
    directory = Files.createTempDirectory(Path.of("/tmp"), "rvi");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    home = new Home(directory.resolve("home"));
  }

  @AfterEach
  void close() throws Exception {
    Tools.succeeds(List.of("umount", home.cells().toString()));
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  void an_xfs_in_a_file_clones_by_reference_and_is_made_once() throws Exception {
    needs("mkfs.xfs");

    String told = StorageImage.make(home, "xfs", "600MB");

    assertThat(told).contains("cloned by reflink")
        .contains("cells.xfs " + home.cells() + " xfs loop,noatime,discard,nofail 0 0");
    assertThat(Files.getFileStore(home.cells()).type()).isEqualTo("xfs");
    assertThat(StorageChecks.all(home)).anySatisfy(finding -> {
      assertThat(finding.subject()).isEqualTo("cloning");
      assertThat(finding.grade()).isEqualTo(Finding.Grade.OK);
    });
    assertThatThrownBy(() -> StorageImage.make(home, "btrfs", "600MB"))
        .hasMessageContaining("has storage already")
        .isInstanceOf(CommandFailure.class);
  }

  @Test
  void a_btrfs_in_a_file_clones_by_snapshots() throws Exception {
    needs("mkfs.btrfs");

    assertThat(StorageImage.make(home, "btrfs", "600MB")).contains("cloned by snapshots");
  }

  @Test
  void storage_that_is_there_is_left_alone() throws Exception {
    Assumptions.assumeTrue(ComputeUser.current().changed(), "only root gets that far");
    needs("mkfs.xfs");
    Files.createDirectories(home.cells().resolve("c1"));

    assertThatThrownBy(() -> StorageImage.make(home, "xfs", "600MB"))
        .hasMessageContaining("has storage already");
    assertThat(home.cells().resolveSibling("cells.xfs")).doesNotExist();
  }

  @Test
  void nonsense_is_refused_before_anything_is_made() {
    assertThatThrownBy(() -> StorageImage.make(home, "zfs", "20GB"))
        .hasMessageContaining("no such kind of storage");
    assertThatThrownBy(() -> StorageImage.make(home, "xfs", "many"))
        .hasMessageContaining("not a size");
    assertThatThrownBy(() -> StorageImage.make(home, "xfs", "5MB"))
        .hasMessageContaining("too small");
    assertThat(home.root()).doesNotExist();
  }

  private static void needs(String program) throws Exception {
    Assumptions.assumeTrue(ComputeUser.current().changed(), "only root can mount a file system");
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/sbin", program))
        || Files.isExecutable(Path.of("/sbin", program)), program + " is not installed");
    Assumptions.assumeTrue(Files.exists(Path.of("/dev/loop-control")), "no loop devices here");
  }
}
