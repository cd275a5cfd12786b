package dev.reveille.chaos.bench;

import dev.reveille.chaos.harness.BarePostgres;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.harness.Started;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * From the wish for a database to its first row, against {@code CREATE DATABASE} on a Postgres that
 * runs already; started by {@code bench/databases}, not by the ordinary build.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabasesBench {
  private static final int ALONE = Integer.getInteger("reveille.bench.times", 40);
  private static final List<Integer> CROWDS = List.of(20, 50, 100);

  /** So that what is measured next is not the Java machine's interpreter. */
  private static final int WARM_UP = 150;

  /** In each of the two cells that a home has by default: enough for the largest crowd. */
  private static final int PREPARED = 50;
  private static final String MANY_PREPARED = """
      compute:
        prepared-running: %d
        prepared-copied: %d
      """.formatted(PREPARED, PREPARED);
  /** Dropping a hundred databases of one Postgres is a checkpoint for each. */
  private static final String BARE_PATIENCE = "600";

  private final Report report = new Report();
  private final Started started = new Started();
  private BarePostgres postgres;
  private RunningReveille reveille;
  private RunningReveille byDefault;

  /** Makes a database of this name and leads to it. */
  private interface Maker {
    ConnectionString make(String name) throws Exception;
  }

  @BeforeAll
  void start() throws Exception {
    Locale.setDefault(Locale.ROOT);
    postgres = started.add(BarePostgres.start("max_connections=200"));
    reveille = started.add(RunningReveille.start(Setup.quiet(MANY_PREPARED)));
    byDefault = started.add(RunningReveille.start(Setup.quiet("")));
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  @Test
  void measure(@TempDir Path directory) throws Exception {
    report.add("# From a wish to a row");
    report.add("");
    report.add("%d processors, Java %s; milliseconds from the request to the first row over TLS"
        .formatted(Runtime.getRuntime().availableProcessors(), Runtime.version().feature()));
    report.add("(bare Postgres: `CREATE DATABASE`, then a connect in plaintext), p50 / p95 / p99.");
    report.add(
        "Clients, databases and proxy share the processors. *Prepared* is Reveille with %d unnamed"
            .formatted(2 * PREPARED));
    report
        .add("computes that run; *default* has what a home has whose configuration says nothing.");
    report.add(
        "*First* is what the first of them take after the start of the proxy, *later* what they");
    report.add("take after %d more, as for all that follows. Written by `bench/databases`."
        .formatted(WARM_UP));
    report.section("Create → first row, one after the other, quiet disk", "", "Reveille, prepared",
        "Reveille, default", "bare Postgres", "prepared / bare, p50, p99");
    one("first", "f");
    warmUp();
    one("later", "l");
    section("quiet disk", "q");
    BusyDisk busy = new BusyDisk(directory);
    try {
      section("busy disk", "b");
    } finally {
      busy.close();
    }
    report.write(Path.of(System.getProperty("reveille.bench.page", "target/databases.md")));
  }

  private void section(String disk, String prefix) throws Exception {
    report.section("Create → first row, " + disk, "at once", "Reveille, prepared",
        "Reveille, default", "bare Postgres", "prepared / bare, p50, p99");
    one("1", prefix);
    for (int crowd : CROWDS) {
      row(Integer.toString(crowd),
          crowd(prefix + crowd + "_", crowd, reveille::create, name -> drop(reveille, name)),
          crowd(prefix + crowd + "_", crowd, byDefault::create, name -> drop(byDefault, name)),
          crowd(prefix + crowd + "_", crowd, this::createBare, this::dropBare));
    }
  }

  private void one(String label, String prefix) throws Exception {
    row(label, alone(prefix + "one", reveille::create, name -> drop(reveille, name)),
        alone(prefix + "one", byDefault::create, name -> drop(byDefault, name)),
        alone(prefix + "one", this::createBare, this::dropBare));
  }

  private void warmUp() throws Exception {
    for (int i = 0; i < WARM_UP; i++) {
      for (RunningReveille each : List.of(reveille, byDefault)) {
        Rows.first(each.create("warm" + i));
        drop(each, "warm" + i);
      }
    }
  }

  /** Between one crowd and the next, as users leave it time. */
  private void awaitPrepared() throws Exception {
    while (reveille.metric("reveille_prepared", "kind=\"running\"") < 2 * PREPARED) {
      Pause.ofMillis(200);
    }
  }

  private void row(String count, Samples ours, Samples usual, Samples theirs) {
    report.row(count, text(ours), text(usual), text(theirs),
        Report.ratio(ours.medianMillis(), theirs.medianMillis()) + ", "
            + Report.ratio(ours.percentileMillis(99), theirs.percentileMillis(99)));
  }

  private static String text(Samples samples) {
    return "%.0f / %.0f / %.0f".formatted(samples.medianMillis(), samples.percentileMillis(95),
        samples.percentileMillis(99));
  }

  /** One after the other, at the pace at which prepared computes are made. */
  private static Samples alone(String name, Maker maker, Dropper dropper) throws Exception {
    long[] nanos = new long[ALONE];
    for (int i = -3; i < ALONE; i++) {
      String one = name + (i + 3);
      Pause.ofMillis(300);
      long start = System.nanoTime();
      Rows.first(maker.make(one));
      nanos[Math.max(i, 0)] = System.nanoTime() - start;
      dropper.drop(one);
    }
    return new Samples(nanos);
  }

  private Samples crowd(String name, int size, Maker maker, Dropper dropper)
      throws Exception {
    awaitPrepared();
    Pause.ofMillis(5_000);
    CountDownLatch go = new CountDownLatch(1);
    List<Future<Long>> waits = new ArrayList<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(size)) {
      for (int i = 0; i < size; i++) {
        String one = name + i;
        waits.add(clients.submit(() -> {
          go.await();
          long start = System.nanoTime();
          Rows.first(maker.make(one));
          return System.nanoTime() - start;
        }));
      }
      go.countDown();
    }
    long[] nanos = new long[size];
    for (int i = 0; i < size; i++) {
      nanos[i] = waits.get(i).get();
      dropper.drop(name + i);
    }
    return new Samples(nanos);
  }

  /** Takes away what a maker made. */
  private interface Dropper {
    void drop(String name) throws Exception;
  }

  private static void drop(RunningReveille one, String name) throws Exception {
    one.control("drop", name);
  }

  private ConnectionString createBare(String name) throws Exception {
    execute("create database " + name);
    return postgres.url().toDatabase(name);
  }

  private void dropBare(String name) throws Exception {
    execute("drop database " + name + " with (force)");
  }

  private void execute(String sql) throws Exception {
    try (Connection connection = postgres.url().connect("socketTimeout", BARE_PATIENCE);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
