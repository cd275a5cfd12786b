package dev.reveille.auth;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Writes a small file whole or not at all, also across a power cut. Blocking. */
final class AtomicFile {
  private AtomicFile() {
  }

  /** Readable and writable by its owner alone, from the first byte on. */
  static void writePrivate(Path path, byte[] content) throws IOException {
    write(path, content, "rw-------");
  }

  static void writePublic(Path path, byte[] content) throws IOException {
    write(path, content, "rw-r--r--");
  }

  private static void write(Path path, byte[] content, String permissions) throws IOException {
    Path directory = path.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException(path + " is not a file");
    }
    Path draft = Files.createTempFile(directory, "." + path.getFileName(), ".new");
    try {
      Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString(permissions));
      try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
