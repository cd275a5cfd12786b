package dev.reveille.compute.clone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** Finds the best driver for a directory by really doing what it does, on a scratch of its own. */
public final class CloneDrivers {
  private static final int SCRATCH = 64 * 1024;

  private CloneDrivers() {
  }

  /** The driver for what will be made in this directory. Leaves nothing behind. Blocking. */
  public static CloneDriver probe(Path directory, Ground ground)
      throws IOException, InterruptedException {
    Path scratch = directory.resolve(".probe-" + UUID.randomUUID());
    Files.createDirectory(scratch);
    try {
      ground.own(scratch);
      BtrfsDriver btrfs = new BtrfsDriver(ground);
      if (Files.getFileStore(directory).type().equals("btrfs") && works(btrfs, scratch)) {
        return btrfs;
      }
      FileDriver reflink = FileDriver.reflink(ground);
      return works(reflink, scratch) ? reflink : new CopyDriver(ground);
    } finally {
      delete(scratch, "clone", "original");
      Files.deleteIfExists(scratch);
    }
  }

  /** The driver of this name, whatever the file system can do. For measurements. */
  public static CloneDriver named(String name, Ground ground) {
    return switch (name) {
      case "btrfs" -> new BtrfsDriver(ground);
      case "reflink" -> FileDriver.reflink(ground);
      case "copy" -> new CopyDriver(ground);
      default -> throw new IllegalArgumentException("no such driver: " + name);
    };
  }

  private static boolean works(CloneDriver driver, Path scratch) throws InterruptedException {
    Path original = scratch.resolve("original");
    Path clone = scratch.resolve("clone");
    try {
      driver.create(original);
      Files.write(original.resolve("file"), new byte[SCRATCH]);
      Files.setAttribute(original.resolve("file"), "unix:uid",
          Files.getAttribute(original, "unix:uid"));
      driver.clone(original, clone, Progress.NONE);
      boolean same = Files.size(clone.resolve("file")) == SCRATCH;
      driver.remove(clone);
      driver.remove(original);
      delete(scratch, "clone", "original");
      return same;
    } catch (IOException e) {
      return false;
    }
  }

  private static void delete(Path scratch, String... directories) throws IOException {
    for (String name : List.of(directories)) {
      Path directory = scratch.resolve(name);
      Files.deleteIfExists(directory.resolve("file"));
      Files.deleteIfExists(directory);
    }
  }
}
