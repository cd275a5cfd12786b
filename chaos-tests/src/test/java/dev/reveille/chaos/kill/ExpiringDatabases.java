package dev.reveille.chaos.kill;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
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
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/** Databases of a product with one cell {@code a}, each with rows of its own, whose times a test moves. */
final class ExpiringDatabases {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final int AT_ONCE = 4;

  private final RunningReveille reveille;
  private final Path cell;
  private final Map<String, ConnectionString> made = new ConcurrentHashMap<>();

  ExpiringDatabases(RunningReveille reveille) throws IOException {
    this.reveille = reveille;
    this.cell = reveille.home().resolve("cells").toRealPath().resolve("a");
  }

  void create(String name) throws SQLException {
    ConnectionString url = reveille.create(name);
    made.put(name, url);
    query(url.connect(), "create table kept as select '" + name
        + "' as what, g from generate_series(1, 2000) g; select 1");
  }

  void checkpoint(String database, String name) throws IOException {
    reveille.control("checkpoint", database, "{\"as\": \"" + name + "\"}");
  }

  /** Gives a database so much time from now on; one that is archived is back when this returns. */
  void live(String name, String time) throws IOException {
    reveille.control("set", name, "{\"ttl\": \"" + time + "\"}");
  }

  /** The time of these is over. */
  void expire(List<String> names) throws Exception {
    change("update reveille.databases set expires_at = now()" + named(names));
  }

  /** These have a day more, whatever is being done to them. */
  void lengthen(List<String> names) throws Exception {
    change("update reveille.databases set expires_at = now() + interval '1 d'" + named(names));
  }

  /** Their time is over, and they are in the archive when this returns. */
  void archive(List<String> names) throws Exception {
    expire(names);
    for (String name : names) {
      Path storage = cell.resolve("storage").resolve(ids("databases", name).getLast());
      await(() -> assertThat(storage.resolve("archive.tar.gz")).exists());
      await(() -> assertThat(storage.resolve("data")).doesNotExist());
    }
    trashIsEmpty();
  }

  /** These were archived long ago; only larger, as when that was interrupted. */
  void endGrace(List<String> names) throws Exception {
    change("update reveille.databases set state = 'archived', expires_at = now(),"
        + " archived_at = now() - interval '2 h'" + named(names));
  }

  private static String named(List<String> names) {
    return " where name in ('" + String.join("', '", names) + "')";
  }

  void expireCheckpoints() throws Exception {
    change("update reveille.checkpoints set expires_at = now()");
  }

  /** What is written down of it: its id, and that of its storage. */
  List<String> ids(String table, String name) throws Exception {
    try (Connection catalog = catalog();
        Statement statement = catalog.createStatement();
        ResultSet row = statement.executeQuery(
            "select id, storage_id from reveille." + table + " where name = '" + name + "'")) {
      assertThat(row.next()).as(name).isTrue();
      return List.of(row.getString(1), row.getString(2));
    }
  }

  /** Brings each of them back where it has to be, several at a time, and finds all of its rows. */
  void backAndWhole(List<String> names) throws Exception {
    List<Future<?>> checks = new ArrayList<>();
    try (ExecutorService some = Executors.newFixedThreadPool(AT_ONCE)) {
      for (String name : names) {
        checks.add(some.submit(() -> {
          live(name, "1 d");
          assertThat(query(Objects.requireNonNull(made.get(name)).connect(),
              "select string_agg(distinct what, ',') || '/' || count(*) || '/' || sum(g) from kept"))
              .isEqualTo(name + "/2000/2001000");
          return null;
        }));
      }
    }
    for (Future<?> check : checks) {
      check.get();
    }
  }

  /** Nothing of them is left, and somebody else can have the name. */
  void gone(List<String> names) throws Exception {
    await(() -> assertThat(records("databases")).doesNotContainAnyElementsOf(names));
    trashIsEmpty();
    create(names.getFirst());
  }

  void noCheckpoints() throws Exception {
    await(() -> assertThat(records("checkpoints")).isEmpty());
    trashIsEmpty();
  }

  void nothingIsHalf() throws Exception {
    assertThat(reveille.inspection()).isEqualTo("[]");
    assertThat(records("databases where state not in ('ready', 'archived')")).isEmpty();
    assertThat(records("checkpoints where state <> 'ready'")).isEmpty();
  }

  private List<String> records(String what) throws Exception {
    List<String> names = new ArrayList<>();
    try (Connection catalog = catalog();
        Statement statement = catalog.createStatement();
        ResultSet row = statement.executeQuery("select name from reveille." + what)) {
      while (row.next()) {
        names.add(row.getString(1));
      }
    }
    return names;
  }

  private void trashIsEmpty() throws Exception {
    await(() -> {
      try (Stream<Path> left = Files.list(cell.resolve("trash"))) {
        assertThat(left).isEmpty();
      }
    });
  }

  private void change(String sql) throws Exception {
    try (Connection catalog = catalog(); Statement statement = catalog.createStatement()) {
      statement.execute(sql);
    }
  }

  private Connection catalog() throws IOException, SQLException {
    Path home = reveille.home();
    String port = Files.readAllLines(home.resolve("catalog/data/postmaster.pid")).get(3).strip();
    return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres",
        "reveille_admin", Files.readString(home.resolve("secrets/catalog-password")).strip());
  }

  private static String query(Connection opened, String sql) throws SQLException {
    try (Connection connection = opened; Statement statement = connection.createStatement()) {
      boolean rows = statement.execute(sql);
      while (!rows) {
        rows = statement.getMoreResults();
      }
      try (ResultSet row = statement.getResultSet()) {
        row.next();
        return row.getString(1);
      }
    }
  }

  private static void await(org.awaitility.core.ThrowingRunnable found) {
    Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).untilAsserted(found);
  }
}
