package dev.reveille.compute.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Postgres's own log of one storage: appended to by the server, bounded and read by us. */
final class LogTail {
  private static final int TAIL = 2_000;

  private LogTail() {
  }

  static long size(Path log) throws IOException {
    return Files.exists(log) ? Files.size(log) : 0;
  }

  /** The last part of what was written since {@code from}. */
  static String since(Path log, long from) throws IOException {
    if (!Files.exists(log)) {
      return "";
    }
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ)) {
      long start = Math.max(Math.min(from, channel.size()), channel.size() - TAIL);
      ByteBuffer bytes = ByteBuffer.allocate((int) (channel.size() - start));
      int count = 1;
      while (bytes.hasRemaining() && count > 0) {
        count = channel.read(bytes, start + bytes.position());
      }
      return StandardCharsets.UTF_8.decode(bytes.flip()).toString().strip();
    }
  }

  /**
   * Keeps the log small: past {@code limit} bytes its content moves to one older file and the log is
   * emptied in place. The server goes on appending to it, because it was opened for appending.
   */
  static void bound(Path log, long limit) throws IOException {
    if (size(log) > limit) {
      Files.copy(log, log.resolveSibling(log.getFileName() + ".old"),
          StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
        channel.truncate(0);
      }
    }
  }
}
