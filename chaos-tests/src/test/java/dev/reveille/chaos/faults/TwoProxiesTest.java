package dev.reveille.chaos.faults;

import dev.reveille.chaos.faults.TwoProxies.Login;
import dev.reveille.chaos.harness.ConnectionString;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Limits and revocation over two proxies on one catalog, and with the catalog cut off. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoProxiesTest {
  /** Two reporting periods and two round trips, on a machine that has other things to do. */
  private static final Duration TOLD_WITHIN = Duration.ofSeconds(1);
  /** A connect and a poll, on a machine that has other things to do; see the printed time. */
  private static final Duration HEARD_AGAIN = Duration.ofSeconds(5);
  private TwoProxies two;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    two = new TwoProxies(directory);
  }

  @AfterAll
  void stop() throws Exception {
    two.close();
  }

  private static ServerErrorMessage refusal(ConnectionString where) {
    var refused = catchThrowableOfType(PSQLException.class, () -> where.connect().close());
    assertThat((Throwable) refused).as("refused at %s", where).isNotNull();
    return said(refused);
  }

  private static ServerErrorMessage said(PSQLException e) {
    return Objects.requireNonNull(e.getServerErrorMessage(), () -> "not the server's: " + e);
  }

  private static String answer(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  @Test
  void connections_count_on_both() throws Exception {
    var login = two.login("{\"connections\": 3}");
    try (var first = login.left().connect(); var second = login.left().connect()) {
      two.awaitTold();
      try (var third = login.right().connect()) {
        assertThat(answer(third, "select 1")).isEqualTo("1");
        two.awaitTold();

        for (var where : List.of(login.left(), login.right())) {
          var refusal = refusal(where);
          assertThat(refusal.getSQLState()).isEqualTo("53300");
          assertThat(refusal.getDetail())
              .isEqualTo("The limit is connections of the credential = 3.");
        }
      }
      assertThat(answer(first, "select 1")).isEqualTo(answer(second, "select 1"));
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(two.sql("select sum(u.sessions) from"
            + " reveille.credential_usage u join reveille.credentials c on c.id = u.credential_id"
            + " where c.name = '" + login.left().user() + "'")).isEqualTo("0"));
  }

  @Test
  void connects_per_minute_count_on_both_within_the_stated_error() throws Exception {
    var limit = 12;
    var login = two.login("{\"connects_per_minute\": " + limit + "}");
    var admitted = new ArrayList<Long>();
    var refused = 0;
    for (var attempt = 0; refused < 2; attempt++) {
      try (var connection = (attempt % 2 == 0 ? login.left() : login.right()).connect()) {
        assertThat(connection.isClosed()).isFalse();
        admitted.add(System.nanoTime());
        refused = 0;
      } catch (PSQLException e) {
        assertThat(e.getSQLState()).isEqualTo("53400");
        assertThat(said(e).getDetail()).matches(
            "The limit is connects_per_minute = 12\\. It resets at \\d{4}-\\S+Z\\.");
        refused++;
      }
    }
    var last = admitted.getLast();
    var lately = admitted.stream().filter(at -> last - at <= TOLD_WITHIN.toNanos()).count();
    System.out.println("two proxies: " + admitted.size() + " connects admitted of " + limit
        + " a minute; " + lately + " of them in the last second");
    assertThat(admitted).hasSizeGreaterThanOrEqualTo(limit);
    assertThat(admitted.size() - limit).isLessThanOrEqualTo((int) lately);
  }

  @Test
  void wakes_per_hour_count_on_both_and_only_for_a_start() throws Exception {
    var login = two.login("{\"wakes_per_hour\": 2}");
    two.left.control("suspend", "west");
    two.right.control("suspend", "east");
    login.left().connect().close();
    login.left().connect().close();
    login.right().connect().close();
    two.awaitTold();
    two.left.control("suspend", "west");

    var refusal = refusal(login.left());
    assertThat(refusal.getSQLState()).isEqualTo("53400");
    assertThat(refusal.getDetail())
        .matches("The limit is wakes_per_hour = 2\\. It resets at \\d{4}-\\S+Z\\.");
    assertThat(two.left.run("list")).as("nothing was started").contains("asleep");
    login.right().connect().close();

    two.left.control("wake", "west");
    login.left().connect().close();
  }

  @Test
  void bytes_of_the_day_count_on_both_within_the_stated_error() throws Exception {
    var limit = 24L << 20;
    var login = two.login("{\"daily_bytes_out\": " + limit + "}");
    var total = new AtomicLong();
    var began = System.nanoTime();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var refusals = List.of(threads.submit(draw(login.left(), total)),
          threads.submit(draw(login.right(), total)));
      for (var refusal : refusals) {
        assertThat(refusal.get()).isEqualTo("53400");
      }
    }
    var seconds = (System.nanoTime() - began) / 1e9;
    var most = limit + total.get() / seconds * TOLD_WITHIN.toMillis() / 1000;
    System.out.printf("two proxies: %.1f MiB out of %.1f MiB a day, in %.1f s%n",
        total.get() / 1048576.0, limit / 1048576.0, seconds);
    assertThat((double) total.get()).isBetween(limit * 0.9, most);

    two.awaitTold();
    for (var where : List.of(login.left(), login.right())) {
      assertThat(drawn(where, 1 << 20, new AtomicLong())).isEqualTo("53400");
    }
  }

  private static Callable<String> draw(ConnectionString where, AtomicLong total) {
    return () -> drawn(where, 256 << 10, total);
  }

  /** Reads until it is not let; the SQLSTATE of that. */
  private static String drawn(ConnectionString where, int bytes, AtomicLong total) {
    try (var connection = where.connect()) {
      while (true) {
        total.addAndGet(answer(connection, "select repeat('x', " + bytes + ")").length());
      }
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  @Test
  void revoked_is_ended_on_both() throws Exception {
    var login = two.login("{}");
    try (var left = login.left().connect(); var right = login.right().connect()) {
      two.change(login.left(), "revoked_at = now()");
      var at = System.nanoTime();
      for (var where : List.of(login.left(), login.right())) {
        Awaitility.await()
            .atMost(Duration.ofSeconds(1))
            .pollInterval(Duration.ofMillis(20))
            .untilAsserted(() -> assertThat(refusal(where).getSQLState()).isEqualTo("28000"));
      }
      for (var live : List.of(left, right)) {
        Awaitility.await()
            .atMost(Duration.ofSeconds(3))
            .pollInterval(Duration.ofMillis(20))
            .untilAsserted(
                () -> assertThat((Throwable) catchThrowableOfType(SQLException.class,
                    () -> answer(live, "select 1"))).isNotNull());
      }
      System.out.printf("two proxies: revoked on both after %.0f ms%n",
          (System.nanoTime() - at) / 1e6);
    }
  }

  @Test
  void without_the_catalog_what_is_known_is_good_for_a_while_and_what_expired_never()
      throws Exception {
    var known = two.login("{}");
    var expiring = two.login("{}");
    var revoked = two.login("{}");
    for (var login : List.of(known, expiring, revoked)) {
      logIn(login);
    }
    two.change(expiring.left(), "expires_at = now() + interval '6 seconds'");
    Awaitility.await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(() -> logIn(expiring));
    try (var live = revoked.right().connect()) {
      two.network.disable();
      var cut = System.nanoTime();
      try {
        logIn(known);
        two.change(revoked.left(), "revoked_at = now()");
        for (var where : List.of(expiring.left(), expiring.right())) {
          Awaitility.await()
              .atMost(Duration.ofSeconds(10))
              .pollInterval(Duration.ofMillis(100))
              .untilAsserted(() -> assertThat(refusal(where).getSQLState()).isEqualTo("28000"));
        }
        logIn(known);
        assertThat(answer(live, "select 1")).isEqualTo("1");
        for (var where : List.of(known.left(), known.right())) {
          Awaitility.await()
              .atMost(TwoProxies.STALENESS.plusSeconds(10))
              .pollInterval(Duration.ofMillis(200))
              .untilAsserted(() -> assertThat(refusal(where).getSQLState()).isEqualTo("57P03"));
        }
        System.out.printf("two proxies: refused after %.1f s without the catalog%n",
            (System.nanoTime() - cut) / 1e9);
      } finally {
        two.network.enable();
      }
      var healed = System.nanoTime();
      Awaitility.await()
          .atMost(HEARD_AGAIN)
          .pollInterval(Duration.ofMillis(50))
          .untilAsserted(() -> {
            assertThat((Throwable) catchThrowableOfType(SQLException.class,
                () -> answer(live, "select 1"))).isNotNull();
            assertThat(refusal(revoked.left()).getSQLState()).isEqualTo("28000");
            assertThat(refusal(revoked.right()).getSQLState()).isEqualTo("28000");
          });
      System.out.printf("two proxies: revoked meanwhile, ended %.1f s after the catalog is back%n",
          (System.nanoTime() - healed) / 1e9);
      logIn(known);
    }
  }

  private static void logIn(Login login) throws SQLException {
    for (var where : List.of(login.left(), login.right())) {
      try (var connection = where.connect()) {
        assertThat(answer(connection, "select current_database()")).isEqualTo(where.database());
      }
    }
  }

  @Test
  void a_thousand_clients_of_one_host_are_served_or_refused_in_good_order() throws Exception {
    var login = two.login("{\"connections\": 200}");
    var served = new AtomicLong();
    var refused = new AtomicLong();
    List<String> others = Collections.synchronizedList(new ArrayList<>());
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var i = 0; i < 1000; i++) {
        // pgjdbc's own patience with SSLRequest is 5 s; who waits for a place may wait longer.
        var where = (i % 2 == 0 ? login.left() : login.right()).with("sslResponseTimeout",
            "30000");
        threads.submit(() -> {
          try (var connection = where.connect()) {
            answer(connection, "select 1");
            served.incrementAndGet();
          } catch (SQLException e) {
            if (e.getSQLState().equals("53300")) {
              refused.incrementAndGet();
            } else {
              others.add(e.getSQLState() + " " + e.getMessage() + " " + e.getCause());
            }
          }
        });
      }
    }
    System.out.println("two proxies: of 1000 connects " + served + " served, " + refused
        + " refused, otherwise " + others.size());
    assertThat(others).isEmpty();
    assertThat(served.get()).isGreaterThanOrEqualTo(200);
    for (var proxy : List.of(two.left, two.right)) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(proxy.metric("reveille_sessions")).isZero());
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(two.sql("select sum(sessions) from"
            + " reveille.credential_usage")).isEqualTo("0"));
  }
}
