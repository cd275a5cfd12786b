package dev.reveille.chaos.harness;

import dev.reveille.compute.local.BinariesArtifact;
import dev.reveille.compute.local.ComputeUser;
import dev.reveille.compute.local.EmbeddedPostgres;
import dev.reveille.compute.local.UnpackListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The user that computes run as, and the programs that they run. */
public final class Ordinary {
  private Ordinary() {
  }

  /** The directory with {@code postgres} and {@code initdb}, unpacked if nobody has done it yet. */
  public static Path binaries() throws IOException {
    try {
      return new EmbeddedPostgres(EmbeddedPostgres.defaultCache(user()), Ordinary::noOtherVersion,
          UnpackListener.NONE).distribution(EmbeddedPostgres.PACKED_MAJOR).bin();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** The command, so that it runs as that user. The process id is kept. */
  public static List<String> as(List<String> words) {
    ComputeUser user = user();
    List<String> all = new ArrayList<>();
    if (user.changed()) {
      all.addAll(List.of("setpriv", "--reuid=" + user.uid(), "--regid=" + user.gid(),
          "--clear-groups"));
    }
    all.addAll(words);
    return all;
  }

  public static void own(Path path) throws IOException {
    user().own(path);
  }

  private static Path noOtherVersion(BinariesArtifact artifact, Path directory)
      throws IOException {
    throw new IOException(artifact.coordinates() + " is not on the class path");
  }

  private static ComputeUser user() {
    try {
      return ComputeUser.current();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
