package dev.reveille.chaos.bench;

import dev.reveille.chaos.tools.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A file system of its own in a sparse file, for as long as this is open. For root only. */
final class LoopMount implements AutoCloseable {
  private final Path image;
  private final Path directory;

  private LoopMount(Path image, Path directory) {
    this.image = image;
    this.directory = directory;
  }

  /** @param kind {@code xfs} or {@code btrfs}, whose tools must be there */
  static LoopMount of(String kind, long bytes) throws IOException {
    Path image = Files.createTempFile("reveille-" + kind, ".image");
    Path directory = Files.createTempDirectory("reveille-" + kind);
    Command.of("truncate", "-s", Long.toString(bytes), image.toString()).run().orThrow();
    Command.of("mkfs." + kind, kind.equals("xfs") ? "-q" : "--quiet", "-f", image.toString())
        .within(Duration.ofMinutes(2))
        .run()
        .orThrow();
    Command.of("mount", "-o", "loop", image.toString(), directory.toString()).run().orThrow();
    directory.toFile().setReadable(true, false);
    directory.toFile().setExecutable(true, false);
    return new LoopMount(image, directory);
  }

  Path directory() {
    return directory;
  }

  @Override
  public void close() throws IOException {
    Command.of(List.of("umount", directory.toString())).run().orThrow();
    Files.delete(directory);
    Files.delete(image);
  }
}
