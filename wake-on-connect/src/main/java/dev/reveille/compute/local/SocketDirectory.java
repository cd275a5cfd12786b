package dev.reveille.compute.local;

import dev.reveille.cell.StorageId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The private directory in which one compute of one epoch listens: 0700, owned by the compute's user.
 * A new one for each start, so that no socket of an earlier life can be mistaken for this one's.
 */
record SocketDirectory(Path path) {
  static final int PORT = 5432;
  private static final int LONGEST_SOCKET_PATH = 107; // sun_path of unix(7), without its NUL
  private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions
      .fromString("rwx------");

  static SocketDirectory create(Path runDirectory, StorageDirectory storage, long epoch,
      ComputeUser user) throws IOException {
    long id = storage.id().value().getMostSignificantBits() ^ storage.id()
        .value()
        .getLeastSignificantBits();
    Path path = runDirectory
        .resolve(Long.toUnsignedString(id, 36) + "." + Long.toString(epoch, 36));
    SocketDirectory directory = new SocketDirectory(path);
    requireShort(directory.socket());
    directory.delete();
    Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PRIVATE));
    user.own(path);
    return directory;
  }

  /** Short for a storage, and as good as unique. */
  static String token(StorageId storage) {
    long id = storage.value().getMostSignificantBits() ^ storage.value().getLeastSignificantBits();
    return Long.toUnsignedString(id, 36);
  }

  /** Whether sockets of computes fit below a run directory. */
  static boolean fits(Path runDirectory) {
    return runDirectory.resolve("0".repeat(13) + "." + "0".repeat(6))
        .resolve(socketName())
        .toString()
        .getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET_PATH;
  }

  Path socket() {
    return path.resolve(socketName());
  }

  void delete() throws IOException {
    FileTrees.delete(path);
  }

  private static String socketName() {
    return ".s.PGSQL." + PORT;
  }

  private static void requireShort(Path socket) throws IOException {
    if (socket.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET_PATH) {
      throw new IOException("the run directory is too long for a Unix socket: " + socket);
    }
  }
}
