package dev.reveille.compute.local;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A file system of its own in a file, where root and the tools for it can be had. */
final class LoopDisk implements AutoCloseable {
  private final Path image;
  private final Path mount;

  private LoopDisk(Path image, Path mount) {
    this.image = image;
    this.mount = mount;
  }

  /** Where a driver finds what it needs; an ordinary directory for {@code copy}. */
  static LoopDisk forDriver(String driver) throws IOException, InterruptedException {
    return switch (driver) {
      case "btrfs" -> make("btrfs");
      case "reflink" -> make("xfs");
      default -> new LoopDisk(Path.of("/tmp/none"), Path.of("/tmp"));
    };
  }

  private static LoopDisk make(String type) throws IOException, InterruptedException {
    Assumptions.assumeTrue(ComputeUser.current().changed(),
        "a file system of one's own can be mounted by root only");
    Assumptions.assumeTrue(program("mkfs." + type),
        "mkfs." + type + " is not installed (" + (type.equals("xfs") ? "xfsprogs" : "btrfs-progs")
            + ")");
    Assumptions.assumeTrue(Files.exists(Path.of("/dev/loop-control")),
        "this machine has no loop devices");
    Path image = Files.createTempFile(Path.of("/tmp"), "rvdisk", ".img");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(Long.getLong("reveille.disk.megabytes", 3_000L) << 20);
    }
    Path mount = Files.createTempDirectory(Path.of("/tmp"), "rvd");
    ChildProcesses.run(List.of("mkfs." + type, type.equals("xfs") ? "-q" : "-qf",
        image.toString()));
    ChildProcesses.run(List.of("mount", "-o", "loop", image.toString(), mount.toString()));
    Files.setPosixFilePermissions(mount, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new LoopDisk(image, mount);
  }

  private static boolean program(String name) {
    for (String directory : List.of("/usr/sbin", "/sbin", "/usr/bin", "/usr/local/sbin")) {
      if (Files.isExecutable(Path.of(directory, name))) {
        return true;
      }
    }
    return false;
  }

  Path path() {
    return mount;
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(image)) {
      try {
        ChildProcesses.run(List.of("umount", mount.toString()));
      } catch (InterruptedException e) {
        throw new IOException("left mounted: " + mount, e);
      }
      Files.delete(mount);
      Files.delete(image);
    }
  }
}
