package dev.reveille.chaos.harness;

import dev.reveille.chaos.tools.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A file system of its own in a sparse file, for as long as this is open. For root only. */
public final class LoopMount implements AutoCloseable {
  private final Path image;
  private final Path directory;

  private LoopMount(Path image, Path directory) {
    this.image = image;
    this.directory = directory;
  }

  /** Skips the test where there cannot be one. */
  public static void assumed(String kind) {
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")),
        "a file system of one's own can be mounted by root only");
    Assumptions.assumeTrue(Files.exists(Path.of("/dev/loop-control")),
        "this machine has no loop devices");
    Assumptions.assumeTrue(
        Stream.of("/usr/sbin", "/sbin", "/usr/bin")
            .anyMatch(place -> Files.isExecutable(Path.of(place, "mkfs." + kind))),
        "mkfs." + kind + " is not installed");
  }

  /**
   * Makes and mounts one.
   *
   * @param kind {@code xfs} or {@code btrfs}, whose tools must be there
   */
  public static LoopMount of(String kind, long bytes) throws IOException {
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

  public Path directory() {
    return directory;
  }

  @Override
  public void close() throws IOException {
    Command.of(List.of("umount", directory.toString())).run().orThrow();
    Files.delete(directory);
    Files.delete(image);
  }
}
