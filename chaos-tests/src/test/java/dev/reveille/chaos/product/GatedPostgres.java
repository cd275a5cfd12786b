package dev.reveille.chaos.product;

import dev.reveille.chaos.harness.Ordinary;
import dev.reveille.chaos.harness.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A directory of Postgres programs, to be configured as {@code compute.bin-directory}, whose server
 * starts only while a gate is open: behind it stands the real one, which takes the script's place in
 * the same process. Open at first.
 */
public final class GatedPostgres implements AutoCloseable {
  private final Path directory;

  private GatedPostgres(Path directory) {
    this.directory = directory;
  }

  public static GatedPostgres make() throws IOException {
    Path directory = Files.createTempDirectory("reveille-gate");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path real = Ordinary.binaries();
    script(directory.resolve("initdb"), "exec '" + real.resolve("initdb") + "' \"$@\"\n");
    script(directory.resolve("postgres"), """
        while [ "$1" = -D ] && [ -e '%s' ]; do sleep 0.02; done
        exec '%s' "$@"
        """.formatted(directory.resolve("closed"), real.resolve("postgres")));
    return new GatedPostgres(directory);
  }

  private static void script(Path file, String lines) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + lines);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  public Path directory() {
    return directory;
  }

  /** From now on servers that are started wait. */
  public void shut() throws IOException {
    Files.createFile(directory.resolve("closed"));
  }

  public void open() throws IOException {
    Files.deleteIfExists(directory.resolve("closed"));
  }

  @Override
  public void close() throws IOException {
    open();
    Trees.delete(directory);
  }
}
