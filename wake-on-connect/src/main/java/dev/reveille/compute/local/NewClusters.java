package dev.reveille.compute.local;

import dev.reveille.compute.clone.Progress;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * New data directories, kept for the other homes of the same user beside the programs that made them:
 * {@code initdb} is most of a home's first start. Each is one archive, named after what it was made
 * with, that exists exactly if it is whole and that belongs to whoever runs the proxy. What is damaged is
 * made again, and what cannot be kept is made each time. Blocking; safe for any thread and process.
 */
final class NewClusters {
  private static final Logger LOG = LoggerFactory.getLogger(NewClusters.class);
  private static final FileAttribute<?> PRIVATE = PosixFilePermissions
      .asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final int NAME = 16;

  /** Fills an empty data directory, and leaves no compute running on it. */
  @FunctionalInterface
  interface Making {
    void fill(Path data) throws IOException, InterruptedException;
  }

  private NewClusters() {
  }

  /**
   * Fills {@code data} with what {@code making} makes, or made for another home.
   *
   * @param recipe all that the result depends on, but for the version of Postgres
   * @param data there, empty, and the user's
   */
  static void fill(PostgresDistribution postgres, List<String> recipe, Path data, ComputeUser user,
      Making making) throws IOException, InterruptedException {
    Optional<Path> kept = postgres.clusters().map(all -> all.resolve(name(recipe) + ".tar.gz"));
    if (kept.isPresent() && unpacked(kept.get(), data, user)) {
      return;
    }
    making.fill(data);
    if (kept.isPresent()) {
      keep(data, kept.get());
    }
  }

  private static boolean unpacked(Path kept, Path data, ComputeUser user) throws IOException {
    if (!Files.exists(kept)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(kept, StandardOpenOption.READ)) {
      TarGzip.unpack(Channels.newInputStream(channel), data, user, Progress.NONE);
      return true;
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("file", kept)
          .addKeyValue("reason", e.toString())
          .log("a new cluster that was kept cannot be read; it is made again");
      try (DirectoryStream<Path> half = Files.newDirectoryStream(data)) {
        for (Path path : half) {
          FileTrees.delete(path);
        }
      }
      return false;
    }
  }

  private static void keep(Path data, Path kept) {
    Path next = kept.resolveSibling(kept.getFileName() + "." + UUID.randomUUID());
    try {
      Files.createDirectories(kept.toAbsolutePath().getParent());
      Files.createFile(next, PRIVATE);
      try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
        TarGzip.pack(data, Channels.newOutputStream(channel), Progress.NONE);
        channel.force(true);
      }
      Files.move(next, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.atDebug()
          .addKeyValue("file", kept)
          .addKeyValue("reason", e.toString())
          .log("a new cluster could not be kept");
      next.toFile().delete();
    }
  }

  private static String name(List<String> recipe) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256")
          .digest(String.join("\n", recipe).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(Arrays.copyOf(digest, NAME));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
