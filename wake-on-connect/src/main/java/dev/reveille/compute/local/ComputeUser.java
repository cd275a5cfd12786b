package dev.reveille.compute.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * As whom computes run. Postgres refuses to run as root, so a proxy that was started by root runs
 * them as {@code postgres} where that account exists, else as {@code nobody}; any other user's run as
 * that user.
 *
 * @param changed whether children have to change to {@code uid} first
 */
public record ComputeUser(String name, int uid, int gid, boolean changed) {
  private static final Path ACCOUNTS = Path.of("/etc/passwd");
  private static final int NOBODY = 65_534;

  /** The user for this process. */
  public static ComputeUser current() throws IOException {
    int uid = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    int gid = (int) Files.getAttribute(Path.of("/proc/self"), "unix:gid");
    if (uid != 0) {
      return new ComputeUser(System.getProperty("user.name", "?"), uid, gid, false);
    }
    List<String> accounts = Files.exists(ACCOUNTS) ? Files.readAllLines(ACCOUNTS) : List.of();
    return account(accounts, "postgres").or(() -> account(accounts, "nobody"))
        .orElse(new ComputeUser("nobody", NOBODY, NOBODY, true));
  }

  /** The line of {@code passwd(5)} for {@code name}, if there is one that is not root's. */
  static Optional<ComputeUser> account(List<String> lines, String name) {
    for (String line : lines) {
      String[] fields = line.split(":", -1);
      if (fields.length >= 4 && fields[0].equals(name) && !fields[2].equals("0")) {
        return Optional.of(new ComputeUser(name, Integer.parseInt(fields[2]),
            Integer.parseInt(fields[3]), true));
      }
    }
    return Optional.empty();
  }

  /**
   * What a command line starts with, so that it runs as this user, with its process id kept, and is
   * interrupted by the kernel when the thread that started it ends ({@code prctl(2)},
   * PR_SET_PDEATHSIG): for Postgres a fast, clean stop.
   */
  public List<String> becomeUntilParentDies() {
    return changed
        ? List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups", "--pdeathsig",
            "INT")
        : List.of("setpriv", "--pdeathsig", "INT");
  }

  /** Makes this user the owner of a file or directory. */
  public void own(Path path) throws IOException {
    if (changed) {
      Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
    }
  }

  /** Whether this user may pass through every directory that leads to {@code path}. */
  public boolean reaches(Path path) throws IOException {
    for (Path dir = path.toAbsolutePath().getParent(); dir != null; dir = dir.getParent()) {
      if (Files.exists(dir) && !passes(dir.toRealPath())) {
        return false;
      }
    }
    return true;
  }

  private boolean passes(Path dir) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(dir);
    if (uid == (int) Files.getAttribute(dir, "unix:uid")) {
      return permissions.contains(PosixFilePermission.OWNER_EXECUTE);
    }
    if (gid == (int) Files.getAttribute(dir, "unix:gid")) {
      return permissions.contains(PosixFilePermission.GROUP_EXECUTE);
    }
    return permissions.contains(PosixFilePermission.OTHERS_EXECUTE);
  }
}
