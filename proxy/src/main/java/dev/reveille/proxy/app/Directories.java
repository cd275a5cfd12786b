package dev.reveille.proxy.app;

import dev.reveille.compute.local.ComputeUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Directories that the compute's user has to reach: storage and sockets. Storage is in the home,
 * unless that user may not pass there (root's own home): then it is in {@code /var/lib/reveille}, and
 * the home has links to it. Sockets are always elsewhere, because the path of a Unix
 * socket may have only 107 bytes (unix(7)).
 */
public final class Directories {
  private static final Logger log = LoggerFactory.getLogger(Directories.class);
  private static final int HASH_LENGTH = 12;

  private Directories() {
  }

  /** The directory above all cells. */
  public static Path cells(Home home, ComputeUser user) throws IOException {
    Path cells = reachable(home, home.cells(), user);
    passable(cells);
    return cells;
  }

  /** The embedded catalog's directory, which it makes itself; the one above is there. */
  static Path catalog(Home home, ComputeUser user) throws IOException {
    return reachable(home, home.catalog(), user);
  }

  private static Path reachable(Home home, Path wanted, ComputeUser user) throws IOException {
    if (Files.isSymbolicLink(wanted)) {
      return wanted.resolveSibling(Files.readSymbolicLink(wanted));
    }
    if (Files.exists(wanted) || user.reaches(wanted)) {
      return wanted;
    }
    Path elsewhere = Path.of("/var/lib/reveille", hash(home));
    passable(elsewhere);
    Path target = elsewhere.resolve(wanted.getFileName());
    Files.createSymbolicLink(wanted, target);
    return target;
  }

  /** A short path for the directory of sockets, which need not be there. */
  public static Path socketPath(Home home, ComputeUser user, Map<String, String> environment) {
    Path base;
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (user.changed()) {
      base = Path.of("/run/reveille");
    } else if (!runtime.isEmpty() && Files.isWritable(Path.of(runtime))) {
      base = Path.of(runtime, "reveille");
    } else {
      base = Path.of("/tmp", "reveille-" + user.uid());
    }
    return base.resolve(hash(home));
  }

  /** Makes that directory; nobody else can write to it. */
  static Path sockets(Home home, ComputeUser user, Map<String, String> environment)
      throws IOException {
    Path own = socketPath(home, user, environment);
    Path base = Objects.requireNonNull(own.getParent());
    passable(base);
    if (!Files.getAttribute(base, "unix:uid", LinkOption.NOFOLLOW_LINKS)
        .equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
      throw new IOException(base + " belongs to somebody else");
    }
    passable(own);
    return own;
  }

  /** Removes the directory of sockets once nothing listens there any more. */
  static void leaveSockets(Path sockets) throws IOException {
    try {
      Files.deleteIfExists(sockets);
    } catch (DirectoryNotEmptyException e) {
      log.atDebug().addKeyValue("directory", sockets).log("a socket was left");
    }
  }

  /** Tells homes apart wherever they share a directory. */
  static String hash(Home home) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256")
          .digest(home.root().toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, HASH_LENGTH);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Others may pass through, to what has its own permissions, but neither list nor write. */
  private static void passable(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory.getParent());
      Files.createDirectory(directory);
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    }
  }
}
