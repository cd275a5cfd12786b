package dev.reveille.proxy.cli;

import dev.reveille.compute.clone.CloneDrivers;
import dev.reveille.compute.local.CellGround;
import dev.reveille.compute.local.ComputeUser;
import dev.reveille.proxy.app.Directories;
import dev.reveille.proxy.app.Home;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A file system that can clone, made in a file next to the cells and mounted where they are, for
 * machines that have none. It is sparse: it takes as much of the disk as is stored in it.
 */
final class StorageImage {
  static final String DEFAULT_SIZE = "20GB";
  private static final String OPTIONS = "loop,noatime,discard";
  private static final long SMALLEST = 512L << 20;
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})\\s*([MGT])B?");

  private StorageImage() {
  }

  /**
   * Makes and mounts it.
   *
   * @param type {@code xfs} or {@code btrfs}
   * @return what was done, and the line that mounts it at each start of the machine
   * @throws CommandFailure if it cannot be done; nothing was changed then
   */
  static String make(Home home, String type, String size) throws InterruptedException {
    if (!type.equals("xfs") && !type.equals("btrfs")) {
      throw new CommandFailure(ExitCode.USAGE, "no such kind of storage: " + type,
          "Choose xfs or btrfs.");
    }
    long bytes = bytes(size);
    try {
      ComputeUser user = ComputeUser.current();
      if (!user.changed()) {
        throw new CommandFailure(ExitCode.FAILED, "only root can mount a file system",
            "Run it with sudo, or put the home on XFS or btrfs yourself.");
      }
      Path program = program("mkfs." + type).orElseThrow(() -> new CommandFailure(
          ExitCode.FAILED, "mkfs." + type + " is not installed", "Install the package "
              + (type.equals("xfs") ? "xfsprogs" : "btrfs-progs (btrfsprogs on SUSE)") + "."));
      home.prepare();
      Path cells = Directories.cells(home, user).toRealPath();
      Path image = cells.resolveSibling(cells.getFileName() + "." + type);
      refuseWhatIsThere(cells, image);
      make(image, bytes, program);
      mount(image, cells);
      return told(type, bytes, image, cells);
    } catch (IOException e) {
      throw new CommandFailure(ExitCode.FAILED, String.valueOf(e.getMessage()), null);
    }
  }

  private static long bytes(String size) {
    Matcher parts = SIZE.matcher(size.strip().toUpperCase(Locale.ROOT));
    if (!parts.matches()) {
      throw new CommandFailure(ExitCode.USAGE, "not a size: " + size, "For example: --size 20GB");
    }
    long bytes = Long.parseLong(parts.group(1)) << switch (parts.group(2)) {
      case "M" -> 20;
      case "G" -> 30;
      default -> 40;
    };
    if (bytes < SMALLEST) {
      throw new CommandFailure(ExitCode.USAGE, size + " is too small for storage",
          "512MB hold a few databases.");
    }
    return bytes;
  }

  private static Optional<Path> program(String name) {
    return Tools.find(name)
        .or(() -> Stream.of("/usr/sbin", "/sbin", "/usr/local/sbin")
            .map(directory -> Path.of(directory, name))
            .filter(Files::isExecutable)
            .findFirst());
  }

  private static void refuseWhatIsThere(Path cells, Path image) throws IOException {
    boolean mounted = !Files.getAttribute(cells, "unix:dev")
        .equals(Files.getAttribute(cells.getParent(), "unix:dev"));
    try (Stream<Path> there = Files.list(cells)) {
      if (mounted || there.findAny().isPresent()) {
        throw new CommandFailure(ExitCode.ALREADY_EXISTS, cells + " has storage already",
            "A file system can only be mounted over an empty directory: take another home, or move"
                + " the databases by dump and restore.");
      }
    }
    if (Files.exists(image)) {
      throw new CommandFailure(ExitCode.ALREADY_EXISTS, image + " exists already",
          "Mount it: mount -o loop " + image + " " + cells);
    }
  }

  private static void make(Path image, long bytes, Path program)
      throws IOException, InterruptedException {
    Files.createFile(image,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(bytes);
    }
    if (!Tools.succeeds(List.of(program.toString(), "-q", image.toString()))) {
      Files.delete(image);
      throw new CommandFailure(ExitCode.FAILED, program.getFileName() + " failed",
          "Try it by hand: " + program + " FILE");
    }
  }

  private static void mount(Path image, Path cells) throws IOException, InterruptedException {
    if (!Tools.succeeds(
        List.of("mount", "-o", OPTIONS, image.toString(), cells.toString()))) {
      Files.delete(image);
      throw new CommandFailure(ExitCode.FAILED, "the file system cannot be mounted here",
          "In a container that needs --privileged; the kernel needs loop devices.");
    }
    Files.setPosixFilePermissions(cells, PosixFilePermissions.fromString("rwx--x--x"));
  }

  private static String told(String type, long bytes, Path image, Path cells)
      throws IOException, InterruptedException {
    String driver = CloneDrivers.probe(cells, new CellGround(ComputeUser.current())).name();
    return "storage is on " + type + " now, " + (bytes >> 20) + " MB at most, in " + image + "\n"
        + "databases are cloned by " + (driver.equals("btrfs") ? "snapshots" : driver) + "\n\n"
        + "To have it mounted when the machine starts, add this line to /etc/fstab:\n"
        + image + " " + cells + " " + type + " " + OPTIONS + ",nofail 0 0";
  }
}
