package dev.reveille.chaos.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Where the homes of tests are made: in memory where the machine has plenty of it, else among its temporary
 * files. A test copies and deletes storages of a thousand files each, by the dozen, and none can tell a
 * disk from memory that keeps its power.
 */
final class HomePlace {
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final long ENOUGH = 6L << 30;

  private HomePlace() {
  }

  static Path path() throws IOException {
    return Files.isWritable(MEMORY) && Files.getFileStore(MEMORY).getUsableSpace() >= ENOUGH
        && available() >= ENOUGH ? MEMORY : Path.of("/tmp");
  }

  private static long available() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
      return lines.filter(line -> line.startsWith("MemAvailable:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElse(0);
    }
  }
}
