package dev.reveille.chaos.bench;

import dev.reveille.chaos.harness.BarePostgres;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.harness.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
 * The comparison of one run on one machine; started by {@code bench/run}, not by the ordinary build,
 * which its name keeps it out of. The client is pgjdbc in this process,
 * and pgbench where the rate counts. Everything is measured against the same binaries.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Bench {
  private static final int SECONDS = Integer.getInteger("reveille.bench.seconds", 10);
  private static final int TIMES = Integer.getInteger("reveille.bench.times", 40);
  private static final int CROWD = 50;

  private final Report report = new Report();
  private final Started started = new Started();
  private BarePostgres postgres;
  private RunningReveille reveille;

  @BeforeAll
  void start(@TempDir Path directory) throws IOException {
    Locale.setDefault(Locale.ROOT);
    postgres = started.add(BarePostgres.start());
    Path secret = Files.writeString(directory.resolve("secret"), BarePostgres.SECRET);
    reveille = started.add(RunningReveille.start(Setup.quiet("""
        tls:
          plaintext: true
        cells:
          - id: local
          - id: far
            kind: static
            host: 127.0.0.1
            port: %d
            tls: disable
            databases: [bench]
            logins:
              - role: %s
                password-file: %s
        """.formatted(postgres.port(), BarePostgres.SUPERUSER, secret))));
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  @Test
  void measure() throws Exception {
    report.add("# Figures of one run");
    report.add("");
    report.add("%d processors, Java %s; medians in milliseconds unless said otherwise."
        .formatted(Runtime.getRuntime().availableProcessors(), Runtime.version().feature()));
    coldConnects();
    manyDoors();
    report.write(Path.of(System.getProperty("reveille.bench.page", "target/bench.md")));
  }

  private void coldConnects() throws Exception {
    Samples bare = bareStart();
    ConnectionString tls = ConnectionString.parse(reveille.run("create", "cold"));
    ConnectionString plain = plain(tls);
    Samples woken = wake(plain);
    Samples wokenByTls = wake(tls);
    Samples created = create();
    report.section("From nothing to a row", "what", "median (p99)", "ratio to bare Postgres");
    report.row("bare Postgres started by hand, first row", bare.text(), "1");
    report.row("suspended → first row, plaintext", woken.text(), ratio(woken, bare));
    report.row("suspended → first row, TLS", wokenByTls.text(), ratio(wokenByTls, bare));
    report.row("create → first row, TLS", created.text(), ratio(created, bare));
    Samples crowd = crowd();
    report.row(CROWD + " sleeping databases at once, TLS", crowd.text(), ratio(crowd, bare));
  }

  private Samples bareStart() throws Exception {
    long[] nanos = new long[TIMES];
    for (int i = -3; i < TIMES; i++) {
      postgres.stop();
      long start = System.nanoTime();
      postgres.startAgain();
      Rows.first(postgres.url());
      nanos[Math.max(i, 0)] = System.nanoTime() - start;
    }
    return new Samples(nanos);
  }

  private Samples wake(ConnectionString url) throws Exception {
    long[] nanos = new long[TIMES];
    for (int i = -5; i < TIMES; i++) {
      reveille.control("suspend", url.database());
      long start = System.nanoTime();
      Rows.first(url);
      nanos[Math.max(i, 0)] = System.nanoTime() - start;
    }
    return new Samples(nanos);
  }

  /** At the pace at which the pool of prepared computes is refilled, as an agent would. */
  private Samples create() throws Exception {
    long[] nanos = new long[20];
    for (int i = -3; i < nanos.length; i++) {
      String name = "fresh" + (i + 3);
      Rows.first(ConnectionString.parse(reveille.run("url", "cold")));
      long start = System.nanoTime();
      Rows.first(reveille.create(name));
      nanos[Math.max(i, 0)] = System.nanoTime() - start;
      reveille.control("drop", name);
    }
    return new Samples(nanos);
  }

  private Samples crowd() throws Exception {
    List<ConnectionString> urls = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      urls.add(reveille.create("crowd" + i));
      reveille.control("suspend", "crowd" + i);
    }
    CountDownLatch go = new CountDownLatch(1);
    List<Future<Long>> waits = new ArrayList<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(CROWD)) {
      for (ConnectionString url : urls) {
        waits.add(clients.submit(() -> {
          go.await();
          long start = System.nanoTime();
          Rows.first(url);
          return System.nanoTime() - start;
        }));
      }
      go.countDown();
    }
    long[] nanos = new long[CROWD];
    for (int i = 0; i < CROWD; i++) {
      nanos[i] = waits.get(i).get();
      reveille.control("drop", "crowd" + i);
    }
    return new Samples(nanos);
  }

  private void manyDoors() throws Exception {
    try (var connection = postgres.connect(); var statement = connection.createStatement()) {
      statement.execute("create database bench");
    }
    ConnectionString direct = postgres.url().toDatabase("bench");
    ConnectionString tls = ConnectionString.parse(reveille.run("url", "bench"));
    Load.initialise(direct);
    List<Door> doors = new ArrayList<>(List.of(new Door("direct", direct, 0),
        new Door("Reveille", plain(tls), reveille.pid()),
        new Door("Reveille, TLS", tls, reveille.pid())));
    Bouncer.program()
        .ifPresentOrElse(program -> addBouncer(program, doors),
            () -> report.add("\nPgBouncer is not installed here."));
    new Doors(report, doors, SECONDS).measure();
  }

  private void addBouncer(Path program, List<Door> doors) {
    try {
      Path tls = reveille.home().resolve("tls");
      Bouncer bouncer = started.add(
          Bouncer.start(program, postgres, tls.resolve("server.crt"), tls.resolve("server.key")));
      ConnectionString url = bouncer.url().toDatabase("bench");
      doors.add(new Door("PgBouncer", url, bouncer.process().pid()));
      doors.add(new Door("PgBouncer, TLS", url.with("sslmode", "require"),
          bouncer.process().pid()));
    } catch (IOException e) {
      report.add("\nPgBouncer did not start: " + e.getMessage());
    }
  }

  private static ConnectionString plain(ConnectionString url) {
    return new ConnectionString(url.user(), url.secret(), "127.0.0.1", url.port(), url.database(),
        Map.of("sslmode", "disable"));
  }

  private static String ratio(Samples samples, Samples base) {
    return Report.ratio(samples.medianMillis(), base.medianMillis());
  }
}
