package dev.reveille.proxy.relay;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class RelayWithPostgresTest {
  private static TestDoor door;

  @BeforeAll
  static void open() {
    door = new TestDoor(RealPostgres.port());
  }

  @AfterAll
  static void close() {
    door.close();
  }

  private static void atRest(TestDoor.Session session) {
    await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
      assertThat(session.onLoop(() -> session.relay().atRest())).isTrue();
    });
  }

  @Test
  void aDriverQueriesAndComesToRest() throws Exception {
    try (Connection connection = DriverManager.getConnection(door.url());
        Statement statement = connection.createStatement()) {
      TestDoor.Session session = door.session();
      try (ResultSet rows = statement.executeQuery("select 41 + 1")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isEqualTo(42);
      }
      atRest(session);
      assertThat(session.told).containsExactly("first byte");
      assertThat(session.relay().clientBytes()).isPositive();
      assertThat(session.relay().computeBytes()).isPositive();

      connection.setAutoCommit(false);
      statement.execute("select 1");
      assertThat(session.onLoop(() -> session.relay().atRest())).isFalse();
      connection.rollback();
      atRest(session);
    }
  }

  @Test
  void copyGoesBothWays() throws Exception {
    try (Connection connection = DriverManager.getConnection(door.url());
        Statement statement = connection.createStatement()) {
      TestDoor.Session session = door.session();
      statement.execute("create temp table t (n int, v text)");
      StringBuilder rows = new StringBuilder();
      for (int i = 0; i < 20_000; i++) {
        rows.append(i).append('\t').append("value ").append(i).append('\n');
      }
      CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
      byte[] bytes = rows.toString().getBytes(StandardCharsets.UTF_8);
      assertThat(copies.copyIn("copy t from stdin", new ByteArrayInputStream(bytes)))
          .isEqualTo(20_000);
      ByteArrayOutputStream back = new ByteArrayOutputStream();
      assertThat(copies.copyOut("copy (select * from t order by n) to stdout", back))
          .isEqualTo(20_000);
      assertThat(back.toByteArray()).isEqualTo(bytes);
      atRest(session);

      byte[] bad = "1\tx\nnot a number\ty\n".repeat(1000).getBytes(StandardCharsets.UTF_8);
      assertThatThrownBy(() -> copies.copyIn("copy t from stdin", new ByteArrayInputStream(bad)))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("not a number");
      atRest(session);
    }
  }

  @Test
  void notificationsArriveWhileNothingIsInFlight() throws Exception {
    try (Connection listening = DriverManager.getConnection(door.url());
        Connection other = RealPostgres.direct();
        Statement listen = listening.createStatement();
        Statement notify = other.createStatement()) {
      TestDoor.Session session = door.session();
      listen.execute("listen news");
      atRest(session);
      notify.execute("notify news, 'hello'");
      var news = listening.unwrap(PGConnection.class).getNotifications(10_000);
      assertThat(news).hasSize(1);
      assertThat(news[0].getParameter()).isEqualTo("hello");
      atRest(session);
    }
  }

  @Test
  void portalsAreSuspendedAndResumed() throws Exception {
    try (Connection connection = DriverManager.getConnection(door.url());
        PreparedStatement statement = connection
            .prepareStatement("select generate_series(1, 10000)")) {
      TestDoor.Session session = door.session();
      connection.setAutoCommit(false);
      statement.setFetchSize(100);
      int seen = 0;
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          seen++;
        }
      }
      connection.commit();
      assertThat(seen).isEqualTo(10_000);
      atRest(session);
    }
  }

  @Test
  void aBatchWithAnErrorSkipsToSyncAndComesToRest() throws Exception {
    try (Connection connection = DriverManager.getConnection(door.url());
        PreparedStatement statement = connection.prepareStatement("select 10 / ?::int")) {
      TestDoor.Session session = door.session();
      for (int divisor : new int[]{1, 2, 0, 3}) {
        statement.setInt(1, divisor);
        statement.addBatch();
      }
      assertThatThrownBy(statement::executeBatch).isInstanceOf(SQLException.class);
      atRest(session);
    }
  }

  @Test
  void aRowOfManyMegabytesPasses() throws Exception {
    try (Connection connection = DriverManager.getConnection(door.url());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select repeat('x', 64 * 1024 * 1024)")) {
      door.session();
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).hasSize(64 * 1024 * 1024);
    }
  }

  @Test
  void aCancelReachesTheQueryInFlight() throws Exception {
    try (Connection connection = DriverManager.getConnection(door.url());
        Statement statement = connection.createStatement()) {
      TestDoor.Session session = door.session();
      statement.setQueryTimeout(1);
      assertThatThrownBy(() -> statement.execute("select pg_sleep(60)"))
          .isInstanceOf(SQLException.class)
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("57014");
      atRest(session);
      statement.setQueryTimeout(0);
      statement.execute("select pg_sleep(0.05)");
    }
  }

  @Test
  void theComputesOwnLastErrorIsPassedOnWhole() throws Exception {
    try (Connection connection = DriverManager.getConnection(door.url());
        Statement statement = connection.createStatement();
        Connection other = RealPostgres.direct();
        Statement admin = other.createStatement()) {
      TestDoor.Session session = door.session();
      int pid = session.link().processId();
      admin.execute("select pg_terminate_backend(" + pid + ")");
      assertThatThrownBy(() -> statement.execute("select 1")).isInstanceOf(SQLException.class)
          .hasMessageContaining("terminating connection due to administrator command")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("57P01");
      assertThat(session.told).anyMatch(event -> event.startsWith("compute closed"));
    }
  }
}
