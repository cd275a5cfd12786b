package dev.reveille.chaos.drivers;

import dev.reveille.chaos.harness.Baseline;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.harness.Started;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.postgresql.PGNotification;
import org.postgresql.copy.CopyManager;
import org.postgresql.largeobject.LargeObject;
import org.postgresql.largeobject.LargeObjectManager;
import org.postgresql.util.PSQLException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** pgjdbc, with the ways in which it speaks the extended protocol. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PgjdbcWorkloadTest {
  private static final long SEED = 20_261;
  private static final String SLEEP = "with held as materialized (select pg_advisory_xact_lock(77))"
      + " select pg_sleep(61) from held";
  private static final String SLEEPERS = "select count(*) from pg_locks where objid = 77 and locktype"
      + " = 'advisory'";

  private final Started started = new Started();
  private RunningReveille reveille;
  private ConnectionString url;
  private Baseline before;

  @BeforeAll
  void start() throws Exception {
    reveille = started.add(RunningReveille.start(Setup.plain()));
    url = reveille.create("shop");
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create table item (id int primary key, what text)");
      statement.execute("insert into item select n, 'item ' || n from generate_series(1, 5000) n");
    }
    before = Baseline.of(reveille);
  }

  @AfterAll
  void stop() throws Exception {
    before.assertSettles();
    started.close();
  }

  @BeforeEach
  void awake() throws SQLException {
    url.connect().close();
  }

  @Test
  void server_prepared_statements_in_text_and_binary() throws SQLException {
    for (String binary : new String[]{"true", "false"}) {
      try (Connection connection = url.connect("prepareThreshold", "1", "binaryTransfer", binary);
          PreparedStatement select = connection.prepareStatement(
              "select what, ?::numeric, ?::timestamptz is null from item where id = ?")) {
        for (int id = 1; id <= 20; id++) {
          select.setBigDecimal(1, new java.math.BigDecimal("12345678901234567890.12"));
          select.setObject(2, null);
          select.setInt(3, id);
          try (ResultSet rows = select.executeQuery()) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("item " + id);
            assertThat(rows.getBigDecimal(2)).isEqualTo("12345678901234567890.12");
            assertThat(rows.getBoolean(3)).isTrue();
          }
        }
      }
    }
  }

  @Test
  void a_fetch_size_reads_through_a_portal() throws SQLException {
    try (Connection connection = url.connect()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(97);
        int seen = 0;
        try (ResultSet rows = statement.executeQuery("select id from item order by id")) {
          while (rows.next()) {
            seen++;
            assertThat(rows.getInt(1)).isEqualTo(seen);
          }
        }
        assertThat(seen).isEqualTo(5000);
      }
    }
  }

  @Test
  void batches_transactions_and_savepoints() throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement();
        PreparedStatement insert = connection
            .prepareStatement("insert into item values (?, 'batch')")) {
      connection.setAutoCommit(false);
      for (int id = 10_001; id <= 11_000; id++) {
        insert.setInt(1, id);
        insert.addBatch();
      }
      assertThat(insert.executeBatch()).hasSize(1000);
      var savepoint = connection.setSavepoint();
      insert.setInt(1, 12_000);
      insert.addBatch();
      insert.setInt(1, 1);
      insert.addBatch();
      assertThatThrownBy(insert::executeBatch).isInstanceOfSatisfying(BatchUpdateException.class,
          e -> assertThat(e.getSQLState()).isEqualTo("23505"));
      connection.rollback(savepoint);
      assertThat(one(statement, "select count(*) from item where what = 'batch'"))
          .isEqualTo("1000");
      connection.rollback();
      assertThat(one(statement, "select count(*) from item where what = 'batch'")).isEqualTo("0");
    }
  }

  @Test
  void copy_in_and_out() throws SQLException, IOException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create temp table copied (n int, t text)");
      CopyManager copy = ConnectionString.driver(connection).getCopyAPI();
      String lines = IntStream.range(0, 50_000)
          .mapToObj(n -> n + "\tläßt " + n + "\n")
          .collect(Collectors.joining());
      assertThat(copy.copyIn("copy copied from stdin", new StringReader(lines))).isEqualTo(50_000);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      copy.copyOut("copy (select * from copied order by n) to stdout", out);
      assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(lines);
      assertThatThrownBy(
          () -> copy.copyIn("copy copied from stdin", new StringReader("x\ty\n")))
          .isInstanceOfSatisfying(SQLException.class,
              e -> assertThat(e.getSQLState()).isEqualTo("22P02"));
      assertThat(one(statement, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void errors_arrive_with_all_their_fields() throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("insert into item values (1)"))
          .isInstanceOfSatisfying(PSQLException.class, e -> {
            var message = java.util.Objects.requireNonNull(e.getServerErrorMessage());
            assertThat(message.getSQLState()).isEqualTo("23505");
            assertThat(message.getTable()).isEqualTo("item");
            assertThat(message.getConstraint()).isEqualTo("item_pkey");
            assertThat(message.getDetail()).contains("(id)=(1)");
            assertThat(message.getRoutine()).isNotNull();
          });
      statement.execute("do $$ begin raise warning 'careful' using hint = 'look'; end $$");
      assertThat(statement.getWarnings().getMessage()).isEqualTo("careful");
    }
  }

  @Test
  void notifications_reach_an_idle_listener() throws SQLException {
    try (Connection listener = url.connect();
        Connection speaker = url.connect();
        Statement listen = listener.createStatement();
        Statement speak = speaker.createStatement()) {
      listen.execute("listen news");
      speak.execute("select pg_notify('news', 'n' || i) from generate_series(1, 100) i");
      PGNotification[] heard = ConnectionString.driver(listener).getNotifications(20_000);
      assertThat(heard).hasSize(100);
      assertThat(heard[99].getParameter()).isEqualTo("n100");
    }
  }

  @Test
  void large_objects_by_function_call() throws SQLException {
    byte[] bytes = new byte[400_000];
    new Random(SEED).nextBytes(bytes);
    try (Connection connection = url.connect()) {
      connection.setAutoCommit(false);
      LargeObjectManager objects = ConnectionString.driver(connection).getLargeObjectAPI();
      long oid = objects.createLO();
      try (LargeObject object = objects.open(oid, LargeObjectManager.WRITE)) {
        object.write(bytes);
      }
      try (LargeObject object = objects.open(oid, LargeObjectManager.READ)) {
        object.seek(100_000);
        assertThat(object.read(1000))
            .isEqualTo(java.util.Arrays.copyOfRange(bytes, 100_000, 101_000));
      }
      objects.delete(oid);
      connection.commit();
    }
  }

  @Test
  void a_cancel_stops_the_statement_and_not_the_next_one() throws Exception {
    try (Connection connection = url.connect();
        Connection watch = url.connect();
        Statement statement = connection.createStatement();
        Statement look = watch.createStatement()) {
      Thread canceller = Thread.ofPlatform().start(() -> {
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .pollInterval(Duration.ofMillis(20))
            .untilAsserted(() -> assertThat(one(look, SLEEPERS)).isEqualTo("1"));
        try {
          statement.cancel();
        } catch (SQLException e) {
          throw new IllegalStateException(e);
        }
      });
      assertThatThrownBy(() -> statement.execute(SLEEP))
          .isInstanceOfSatisfying(SQLException.class,
              e -> assertThat(e.getSQLState()).isEqualTo("57014"));
      canceller.join();
      assertThat(one(statement, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void a_credential_ends_its_own_other_sessions_and_not_those_of_another() throws SQLException {
    try (Connection connection = url.connect("ApplicationName", "doomed");
        Connection other = url.connect();
        Statement statement = connection.createStatement();
        Statement end = other.createStatement()) {
      String terminate = "select pg_terminate_backend(pid) from pg_stat_activity"
          + " where application_name = 'doomed'";
      assertThatThrownBy(() -> end.execute(terminate)).isInstanceOfSatisfying(SQLException.class,
          e -> assertThat(e.getSQLState()).isEqualTo("42501"));
      end.execute("reset role; set role none");
      assertThat(one(end, terminate)).isEqualTo("t");
      assertThatThrownBy(() -> statement.execute("select 1")).isInstanceOfSatisfying(
          SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57P01"));
    }
  }

  @Test
  void one_row_of_many_megabytes_and_an_empty_query() throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement()) {
      assertThat(one(statement, "select repeat('x', 40000000)")).hasSize(40_000_000);
      assertThat(statement.execute("")).isFalse();
      assertThat(statement.execute(";;")).isFalse();
    }
  }

  private static String one(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }
}
