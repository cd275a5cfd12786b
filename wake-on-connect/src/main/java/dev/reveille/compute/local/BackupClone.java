package dev.reveille.compute.local;

import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.clone.CloneDriver;
import dev.reveille.compute.clone.Progress;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A clone of a data directory that is being written to, by the backup API (PostgreSQL documentation,
 * "Making a Base Backup Using the Low Level API", 25.3.4): what is cloned between start and stop is
 * made consistent by the write-ahead log in between, which a temporary replication slot keeps from
 * being recycled. Whatever ends the session in the middle ends the backup and the slot. Blocking.
 */
final class BackupClone {
  private static final Duration LIMIT = Duration.ofMinutes(30);
  private static final long LOOK_MILLIS = 50;
  private static final Pattern SEGMENT = Pattern.compile("[0-9A-F]{24}");
  private static final Pattern FIRST_SEGMENT = Pattern
      .compile("START WAL LOCATION: \\S+ \\(file ([0-9A-F]{24})\\)");

  /** Of the running server alone. */
  private static final Set<String> LEFT_OUT = Set.of("postmaster.pid", "postmaster.opts",
      "backup_label", "backup_label.old", "tablespace_map");

  /** Their content means nothing to another server, which wants the directories all the same. */
  private static final Set<String> EMPTIED = Set.of("pg_wal", "pg_replslot", "pg_dynshmem",
      "pg_notify", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans");

  private final CloneDriver driver;
  private final ComputeUser user;

  BackupClone(CloneDriver driver, ComputeUser user) {
    this.driver = driver;
    this.user = user;
  }

  /** @param target does not exist; durable when this returns */
  void run(Path socket, Path data, Path target, Progress progress)
      throws IOException, InterruptedException {
    driver.reserve(target);
    try (AdminConnection admin = Administration.open(socket, LIMIT)) {
      admin.query("SELECT pg_create_physical_replication_slot('reveille_clone_"
          + UUID.randomUUID().toString().replace("-", "") + "', true, true)");
      begin(admin, progress);
      driver.cloneEntries(data, entries(data), target, progress);
      List<@Nullable String> stopped = admin
          .query("SELECT labelfile, spcmapfile, pg_walfile_name(lsn) FROM pg_backup_stop(false)")
          .getFirst();
      String label = String.valueOf(stopped.get(0));
      if (!String.valueOf(stopped.get(1)).isBlank()) {
        throw new IOException("a storage with tablespaces cannot be cloned");
      }
      for (String name : EMPTIED) {
        own(Files.createDirectory(target.resolve(name)), "rwx------");
      }
      driver.cloneEntries(data.resolve("pg_wal"),
          log(data.resolve("pg_wal"), first(label), String.valueOf(stopped.get(2))),
          target.resolve("pg_wal"), progress);
      own(Files.writeString(target.resolve("backup_label"), label), "rw-------");
    }
    user.own(target);
    driver.sync(target);
  }

  /** A checkpoint may take its time; whether it is worth waiting for is asked meanwhile. */
  private static void begin(AdminConnection admin, Progress progress)
      throws IOException, InterruptedException {
    CompletableFuture<Void> begun = new CompletableFuture<>();
    Thread.ofVirtual().name("backup").start(() -> {
      try {
        admin.query("SELECT pg_backup_start('reveille', true)");
        begun.complete(null);
      } catch (IOException | RuntimeException e) {
        begun.completeExceptionally(e);
      }
    });
    while (true) {
      try {
        begun.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException waiting) {
        progress.moved(0);
      } catch (ExecutionException e) {
        throw new IOException("the backup did not begin", e.getCause());
      }
    }
  }

  private void own(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    user.own(path);
  }

  private static List<String> entries(Path data) throws IOException {
    List<String> entries = new ArrayList<>();
    for (String name : names(data)) {
      if (!LEFT_OUT.contains(name) && !EMPTIED.contains(name)) {
        entries.add(name);
      }
    }
    return entries;
  }

  private static String first(String label) throws IOException {
    Matcher found = FIRST_SEGMENT.matcher(label);
    if (!found.find()) {
      throw new IOException("the backup label does not say where its log begins");
    }
    return found.group(1);
  }

  /** Segments sort by name as long as the timeline is one, and nobody promotes a compute. */
  private static List<String> log(Path directory, String first, String last) throws IOException {
    List<String> wanted = new ArrayList<>();
    for (String name : names(directory)) {
      boolean segment = SEGMENT.matcher(name).matches() && name.compareTo(first) >= 0
          && name.compareTo(last) <= 0;
      if (segment || name.endsWith(".history")) {
        wanted.add(name);
      }
    }
    return wanted;
  }

  private static List<String> names(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
    }
    return names;
  }
}
