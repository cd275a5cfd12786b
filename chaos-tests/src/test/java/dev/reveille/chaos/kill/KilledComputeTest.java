package dev.reveille.chaos.kill;

import dev.reveille.chaos.harness.Baseline;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.Proc;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.harness.StorageWatch;
import dev.reveille.chaos.harness.WritingLoad;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** {@code kill -9} of a compute: the postmaster, or one of its processes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KilledComputeTest {
  private final Started started = new Started();
  private RunningReveille reveille;

  @BeforeAll
  void start() throws Exception {
    reveille = started.add(RunningReveille.start(Setup.plain()));
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  @Test
  void a_client_in_a_transaction_is_told_and_what_was_committed_is_there() throws Exception {
    ConnectionString url = reveille.create("told");
    try (StorageWatch watch = StorageWatch.start();
        Connection connection = url.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create table kept (id int)");
      connection.setAutoCommit(false);
      statement.execute("insert into kept values (1)");
      connection.commit();
      statement.execute("insert into kept values (2)");

      Proc.signal(postmaster(statement), "KILL");

      assertThatThrownBy(() -> statement.execute("insert into kept values (3)"))
          .isInstanceOfSatisfying(SQLException.class,
              e -> assertThat(e.getSQLState()).isIn("08006", "57P01", "57P02"));
      assertThat(ids(url)).isEqualTo("1");
      assertThat(watch).isNotNull();
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {11, 12, 13, 14})
  void acknowledged_commits_survive_under_load(long seed) throws Exception {
    Random random = new Random(seed);
    ConnectionString url = reveille.create("load" + seed);
    Baseline before = Baseline.of(reveille);
    try (StorageWatch watch = StorageWatch.start(); WritingLoad load = WritingLoad.start(url, 3)) {
      for (int round = 0; round < 3; round++) {
        load.awaitMore(20 + random.nextInt(60));
        long victim = victim(url, random.nextBoolean());
        Proc.signal(victim, "KILL");
      }
      load.awaitMore(50);
      load.stop();
      load.assertNothingLostOrRepeated(url);
      assertThat(watch).isNotNull();
    }
    before.assertSettles();
  }

  private static long victim(ConnectionString url, boolean all) throws SQLException {
    for (int attempt = 0;; attempt++) {
      try (Connection connection = url.connect();
          Statement statement = connection.createStatement()) {
        return all ? postmaster(statement) : backend(statement);
      } catch (SQLException e) {
        if (attempt > 5) {
          throw e;
        }
      }
    }
  }

  private static long postmaster(Statement statement) throws SQLException {
    return Proc.parent(backend(statement)).orElseThrow();
  }

  private static long backend(Statement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery("select pg_backend_pid()")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static String ids(ConnectionString url) throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select string_agg(id::text, ',') from kept")) {
      rows.next();
      return rows.getString(1);
    }
  }
}
