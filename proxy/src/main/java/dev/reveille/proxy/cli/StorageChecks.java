package dev.reveille.proxy.cli;

import dev.reveille.compute.clone.CloneDrivers;
import dev.reveille.compute.local.CellGround;
import dev.reveille.compute.local.ComputeUser;
import dev.reveille.proxy.app.Directories;
import dev.reveille.proxy.app.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code doctor} asks of the file system that the home is on. */
final class StorageChecks {
  private static final long WANTED_FREE = 2L << 30;
  private static final int SOCKET_PATH = 107;
  /** The longest name below the directory of sockets: a database's id, and the socket's own name. */
  private static final int SOCKET_NAME = 36 + 1 + ".s.PGSQL.65535".length() + 1;

  private StorageChecks() {
  }

  static List<Finding> all(Home home) throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    Path present = nearestPresent(home.root());
    if (!Files.isWritable(present)) {
      findings.add(Finding.fail("home", home.root() + " cannot be made or written to",
          "Choose another with --home or REVEILLE_HOME."));
      return findings;
    }
    try {
      findings.add(Finding.ok("home", home.root() + (present.equals(home.root())
          ? ""
          : ", which the first \"reveille up\" makes")));
      findings.add(reach(home));
      Path storage = whereStorageIs(home, present);
      findings.add(space(storage));
      findings.add(clone(storage));
      findings.add(sockets(home));
    } catch (IOException e) {
      findings.add(Finding.fail("home", String.valueOf(e.getMessage()), "Is the disk readable?"));
    }
    return findings;
  }

  private static Path nearestPresent(Path path) {
    Path parent = path.getParent();
    return Files.exists(path) || parent == null ? path : nearestPresent(parent);
  }

  private static Path whereStorageIs(Home home, Path present) throws IOException {
    if (Files.exists(home.cells())) {
      return home.cells().toRealPath();
    }
    return ComputeUser.current().reaches(home.cells())
        ? present
        : nearestPresent(Path.of("/var/lib/reveille"));
  }

  private static Finding reach(Home home) throws IOException {
    ComputeUser user = ComputeUser.current();
    return user.reaches(home.cells())
        ? Finding.ok("storage", home.cells().toString())
        : Finding.note("storage", "in /var/lib/reveille, because " + user.name()
            + " may not pass to " + home.root(), "");
  }

  private static Finding space(Path storage) throws IOException {
    long free = Files.getFileStore(storage).getUsableSpace();
    String found = (free >> 20) + " MB free on " + Files.getFileStore(storage).type();
    return free >= WANTED_FREE
        ? Finding.ok("disk", found)
        : Finding.note("disk", found, "A new database takes about 25 MB.");
  }

  /** Really clones something, because what a file system can do depends on how it was made. */
  private static Finding clone(Path storage) throws IOException, InterruptedException {
    String type = Files.getFileStore(storage).type();
    return switch (CloneDrivers.probe(storage, new CellGround(ComputeUser.current())).name()) {
      case "btrfs" -> Finding.ok("cloning",
          "by snapshot: a branch takes milliseconds and no space, whatever the size");
      case "reflink" -> Finding.ok("cloning",
          "file by file, by reference (" + type + "): a branch takes milliseconds and no space");
      default -> Finding.note("cloning", "not on this file system (" + type
          + "): every branch and checkpoint is a whole copy",
          "On XFS or btrfs it takes milliseconds and no space. Before the first database, as root:"
              + " reveille doctor --storage btrfs");
    };
  }

  private static Finding sockets(Home home) throws IOException {
    Path directory = Directories.socketPath(home, ComputeUser.current(), System.getenv());
    int length = directory.toString().length() + 1 + SOCKET_NAME;
    return length <= SOCKET_PATH
        ? Finding.ok("sockets", directory.toString())
        : Finding.fail("sockets", directory + " is too long for a Unix socket",
            "Set XDG_RUNTIME_DIR to a shorter directory.");
  }
}
