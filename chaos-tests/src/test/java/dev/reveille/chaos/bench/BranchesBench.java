package dev.reveille.chaos.bench;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.LoopMount;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.tools.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a branch and a checkpoint cost in time and bytes, by size and by file system, and what the
 * parent's writers notice; started by {@code bench/branches}, not by the ordinary build.
 */
class BranchesBench {
  private static final long MB = 1_000_000;
  private static final List<Long> SIZES = Stream
      .of(System.getProperty("reveille.bench.megabytes", "10,1000,5000").split(","))
      .map(text -> Long.parseLong(text) * MB)
      .toList();
  private static final int TIMES = Integer.getInteger("reveille.bench.times", 5);
  private static final long IMAGE = 40L << 30;

  private final Report report = new Report();

  @Test
  void measure(@TempDir Path here) throws Exception {
    Locale.setDefault(Locale.ROOT);
    report.add("# Branches and checkpoints");
    report.add("");
    report.add(("%d processors, Java %s; medians of %d in milliseconds, over TLS from a client. A"
        + " branch is timed").formatted(Runtime.getRuntime().availableProcessors(),
            Runtime.version().feature(), TIMES));
    report
        .add("from `CREATE DATABASE … TEMPLATE` to the first row of the branch. Bytes are what the"
            + " file system has less of afterwards.");
    report
        .add("The writer commits one row after the other while branches are taken. XFS and btrfs");
    report.add("are mounted from files on the same disk. Written by `bench/branches`.");
    on("this file system (" + Files.getFileStore(here).type() + ")", here);
    for (String kind : List.of("xfs", "btrfs")) {
      if (Command.of("bash", "-c", "command -v mkfs." + kind + " && [ $(id -u) = 0 ]")
          .run()
          .succeeded()) {
        try (LoopMount mount = LoopMount.of(kind, IMAGE)) {
          on(kind, mount.directory());
        }
      } else {
        report.add("\n" + kind + ": its tools are not here, or this is not root.");
      }
    }
    report.write(Path.of(System.getProperty("reveille.bench.page", "target/branches.md")));
  }

  private void on(String fileSystem, Path directory) throws Exception {
    report.section(fileSystem, "parent", "asleep: branch → row", "bytes of the branch",
        "awake and written to: branch → row", "a checkpoint", "writer, p50 / p99 / longest",
        "writer without branches");
    try (RunningReveille reveille = RunningReveille.start(Setup.quiet("""
        tls:
          plaintext: true
        """), directory)) {
      ConnectionString console = console(reveille);
      for (long size : SIZES) {
        row(reveille, console, size, directory);
      }
    }
  }

  private static ConnectionString console(RunningReveille reveille) {
    String made = reveille.run("credential", "create", "--for", "app", "--all-databases", "--mode",
        "ddl", "--allow", "manage_databases");
    return ConnectionString.parse(made).toDatabase("reveille");
  }

  private void row(RunningReveille reveille, ConnectionString console, long size, Path directory)
      throws Exception {
    String parent = "parent" + size / MB;
    sql(console, "create database " + parent);
    fill(console.toDatabase(parent), size);
    List<Long> asleep = new ArrayList<>();
    List<Long> bytes = new ArrayList<>();
    for (int i = 0; i < TIMES; i++) {
      reveille.control("suspend", parent);
      long before = free(directory);
      asleep.add(branch(console, parent, parent + "_a" + i));
      bytes.add(before - free(directory));
    }
    Samples alone;
    Samples written;
    List<Long> awake = new ArrayList<>();
    List<Long> checkpoints = new ArrayList<>();
    try (Writer writer = new Writer(console.toDatabase(parent))) {
      alone = writer.during(() -> Pause.ofMillis(3_000));
      written = writer.during(() -> {
        for (int i = 0; i < TIMES; i++) {
          awake.add(branch(console, parent, parent + "_b" + i));
          long start = System.nanoTime();
          sql(console, "checkpoint " + parent + " as c" + i);
          checkpoints.add(System.nanoTime() - start);
        }
      });
    }
    report.row(size / MB + " MB", median(asleep), bytesText(bytes), median(awake),
        median(checkpoints), text(written), text(alone));
    for (int i = 0; i < TIMES; i++) {
      sql(console, "drop database " + parent + "_a" + i + " with (force)");
      sql(console, "drop database " + parent + "_b" + i + " with (force)");
    }
    sql(console, "drop database " + parent + " with (force)");
  }

  private static long branch(ConnectionString console, String parent, String name)
      throws SQLException {
    long start = System.nanoTime();
    sql(console, "create database " + name + " template " + parent);
    Rows.first(console.toDatabase(name));
    return System.nanoTime() - start;
  }

  private static void fill(ConnectionString url, long size) throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create table filler (id bigint, payload text);"
          + " create table written (id bigint generated always as identity primary key)");
      for (long made = 0; made < size; made += 100 * MB) {
        long rows = Math.min(size - made, 100 * MB) / 1_000;
        statement.execute("insert into filler select i, repeat(md5(i::text), 29)"
            + " from generate_series(1, " + rows + ") i");
      }
    }
  }

  private static void sql(ConnectionString url, String text) throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  private static long free(Path directory) throws IOException {
    Command.of("sync", "-f", directory.toString()).run();
    return Files.getFileStore(directory).getUnallocatedSpace();
  }

  private static String median(List<Long> nanos) {
    return "%.0f".formatted(new Samples(nanos.stream().mapToLong(Long::longValue).toArray())
        .medianMillis());
  }

  private static String bytesText(List<Long> bytes) {
    long median = bytes.stream().sorted().skip(bytes.size() / 2).findFirst().orElse(0L);
    return "%.1f MB".formatted(median / (double) MB);
  }

  private static String text(Samples samples) {
    return "%.1f / %.1f / %.0f".formatted(samples.medianMillis(), samples.percentileMillis(99),
        samples.percentileMillis(100));
  }

  /** One connection that commits one row after the other. */
  private static final class Writer implements AutoCloseable {
    private interface Work {
      void run() throws Exception;
    }

    private final Connection connection;
    private final Statement statement;

    Writer(ConnectionString url) throws SQLException {
      this.connection = url.connect();
      this.statement = connection.createStatement();
    }

    /** How long each commit took while the work was done. */
    Samples during(Work work) throws Exception {
      AtomicBoolean over = new AtomicBoolean();
      CompletableFuture<List<Long>> commits = CompletableFuture.supplyAsync(() -> {
        List<Long> nanos = new ArrayList<>();
        while (!over.get()) {
          long start = System.nanoTime();
          try {
            statement.execute("insert into written default values");
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
          nanos.add(System.nanoTime() - start);
        }
        return nanos;
      });
      try {
        work.run();
      } finally {
        over.set(true);
      }
      return new Samples(commits.get().stream().mapToLong(Long::longValue).toArray());
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }
}
