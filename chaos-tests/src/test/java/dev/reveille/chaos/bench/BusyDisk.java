package dev.reveille.chaos.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Somebody else on the same disk: writes 64 MB with a sync each 4 MB, over and over, until closed. */
final class BusyDisk implements AutoCloseable {
  private static final int BLOCK = 4 << 20;
  private static final int BLOCKS = 16;

  private final Path file;
  private final Thread writer;
  private volatile boolean over;

  BusyDisk(Path directory) throws IOException {
    this.file = Files.createTempFile(directory, "busy", ".disk");
    this.writer = Thread.ofPlatform().name("busy-disk").start(this::write);
  }

  private void write() {
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int i = 0; !over; i = (i + 1) % BLOCKS) {
        channel.write(block.clear(), (long) i * BLOCK);
        channel.force(false);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    over = true;
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.deleteIfExists(file);
  }
}
