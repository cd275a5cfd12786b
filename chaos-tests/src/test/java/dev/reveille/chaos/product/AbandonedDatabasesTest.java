package dev.reveille.chaos.product;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Agents that make databases and branches, use each for a moment and walk away. With
 * {@code -Dreveille.abandoned=1000} as many as an afternoon leaves.
 */
class AbandonedDatabasesTest {
  private static final int DATABASES = Integer.getInteger("reveille.abandoned", 24);
  private static final int AGENTS = 4;
  private static final long SEED = Long.getLong("reveille.seed", 20_261_121);
  /** In each of two cells two that run and two copies; and the console's. */
  private static final int PREPARED = 2 * (2 + 2) + 1;
  private static final Duration RECLAIMED = Duration.ofSeconds(120 + DATABASES);

  @Test
  void what_agents_leave_lying_is_taken_away_with_all_that_belongs_to_it() throws Exception {
    System.out.printf("abandoned: %d databases, seed %d%n", DATABASES, SEED);
    try (RunningReveille reveille = RunningReveille.start(Setup.configured("""
        compute:
          suspend-after: 5s
          prepared-running: 2
          prepared-copied: 2
        lifetimes:
          agent-branch: 10s
          agent-database: 20s
          agent-checkpoint: 10s
          undo: 10s
          warn: 2s
          grace: 2s
          check-every: 1s
        """))) {
      ConnectionString console = manager(reveille);
      long start = System.nanoTime();
      try (ExecutorService agents = Executors.newFixedThreadPool(AGENTS)) {
        List<Future<?>> work = new ArrayList<>();
        for (int agent = 0; agent < AGENTS; agent++) {
          int number = agent;
          work.add(agents.submit(() -> {
            work(number, console);
            return null;
          }));
        }
        for (Future<?> one : work) {
          one.get();
        }
      }
      long made = System.nanoTime();
      Awaitility.await()
          .atMost(RECLAIMED)
          .pollInterval(Duration.ofMillis(500))
          .untilAsserted(() -> {
            assertThat(databases(reveille)).as("databases").isEqualTo("0");
            assertThat(answer(console, "select count(*) from reveille.checkpoints")).isEqualTo("0");
          });
      System.out.printf("abandoned: made in %.1f s, the last is gone %.1f s later%n",
          (made - start) / 1e9, (System.nanoTime() - made) / 1e9);
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(() -> assertThat(storages(reveille)).as("storages")
              .hasSizeLessThanOrEqualTo(PREPARED));
      assertThat(reveille.run("doctor")).contains("every storage has a record");
      theCatalogIsSmall(reveille);
    }
  }

  /** What it has of so many databases is what it has to say about them afterwards: its events. */
  private static void theCatalogIsSmall(RunningReveille reveille)
      throws IOException, SQLException {
    Path home = reveille.home();
    String port = Files.readAllLines(home.resolve("catalog/data/postmaster.pid")).get(3).strip();
    try (Connection connection = DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "reveille_admin",
        Files.readString(home.resolve("secrets/catalog-password")).strip());
        Statement statement = connection.createStatement()) {
      statement.execute("vacuum");
      try (ResultSet rows = statement.executeQuery("select relname, pg_total_relation_size(relid),"
          + " n_live_tup from pg_stat_user_tables order by 2 desc limit 6")) {
        while (rows.next()) {
          System.out.printf("abandoned: %s has %d kB and %d rows%n", rows.getString(1),
              rows.getLong(2) >> 10, rows.getLong(3));
        }
      }
      try (ResultSet rows = statement.executeQuery(
          "select pg_database_size(current_database()) / 1024,"
              + " (select count(*) from reveille.databases), (select count(*) from reveille.checkpoints)")) {
        rows.next();
        System.out.printf("abandoned: the catalog has %d kB%n", rows.getLong(1));
        assertThat(rows.getLong(2) + rows.getLong(3)).as("records left").isZero();
        assertThat(rows.getLong(1)).as("kB of the catalog").isLessThan(16_000 + 12L * DATABASES);
      }
    }
  }

  /** Every third database is branched, every fifth gets a checkpoint, and nobody cleans up. */
  private static void work(int agent, ConnectionString console) throws SQLException {
    Random random = new Random(SEED + agent);
    for (int i = 0; i < DATABASES / AGENTS; i++) {
      String name = "left_" + agent + "_" + i;
      try (Connection connection = console.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("create database " + name);
        execute(console.toDatabase(name), "create table t as select g from generate_series(1, "
            + (1 + random.nextInt(1000)) + ") g");
        if (i % 3 == 0) {
          statement.execute("create database " + name + "_b template " + name);
          execute(console.toDatabase(name + "_b"), "insert into t values (0)");
        }
        if (i % 5 == 0) {
          statement.execute("checkpoint " + name + " as c");
        }
      }
    }
  }

  private static void execute(ConnectionString url, String sql) throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String answer(ConnectionString url, String sql) throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static String databases(RunningReveille reveille) {
    return Integer.toString(JsonMapper.shared().readTree(reveille.run("list", "--json")).size());
  }

  private static ConnectionString manager(RunningReveille reveille) {
    String url = reveille.run("credential", "create", "--for", "agent", "--all-databases", "--mode",
        "ddl", "--allow", "manage_databases", "--ttl", "8h", "--max-connects-per-minute", "100000",
        "--max-wakes-per-hour", "100000");
    return ConnectionString.parse(url).toDatabase("reveille");
  }

  private static List<Path> storages(RunningReveille reveille) throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> cells = Files.list(reveille.home().resolve("cells").toRealPath())) {
      for (Path cell : cells.toList()) {
        for (String part : List.of("storage", "trash")) {
          if (Files.isDirectory(cell.resolve(part))) {
            try (Stream<Path> found = Files.list(cell.resolve(part))) {
              all.addAll(found.toList());
            }
          }
        }
      }
    }
    return all;
  }
}
