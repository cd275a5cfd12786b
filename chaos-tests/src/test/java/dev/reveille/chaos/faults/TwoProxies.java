package dev.reveille.chaos.faults;

import dev.reveille.chaos.harness.BarePostgres;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.harness.Toxiproxy;
import eu.rekawek.toxiproxy.Proxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/** Two homes with a cell each, on one catalog behind a network that can be cut. */
@SuppressWarnings("try") // closing is for the end of a class of tests, which no try encloses
final class TwoProxies implements AutoCloseable {
  /** After this long without the catalog nothing is served from memory any more. */
  static final Duration STALENESS = Duration.ofSeconds(20);

  private final Started started = new Started();
  private final Path secret;
  final BarePostgres catalog;
  final Proxy network;
  final RunningReveille left;
  final RunningReveille right;
  private final ConnectionString atLeft;
  private final ConnectionString atRight;

  TwoProxies(Path directory) throws IOException {
    catalog = started.add(BarePostgres.start());
    network = started.add(Toxiproxy.start()).inFrontOf("shared", catalog.port());
    secret = Files.writeString(directory.resolve("secret"), BarePostgres.SECRET);
    left = started.add(start("left"));
    right = started.add(start("right"));
    atLeft = left.create("west");
    atRight = right.create("east");
  }

  /** One more proxy, with this cell. */
  RunningReveille start(String cell) throws IOException {
    return RunningReveille.start(Setup.configured("""
        catalog:
          url: jdbc:postgresql://127.0.0.1:%d/postgres?sslmode=disable
          user: %s
          password-file: %s
          max-staleness: %ds
        cells:
          - id: %s
        """.formatted(Toxiproxy.portOf(network), BarePostgres.SUPERUSER, secret,
        STALENESS.toSeconds(), cell)));
  }

  /** A login of its own for both databases, with limits as in the scope's JSON. */
  Login login(String limits) throws Exception {
    var issued = ConnectionString.parse(left.run("url", "west"));
    change(issued, "all_databases = true, scope = jsonb_set(scope, '{limits}', "
        + "scope -> 'limits' || '" + limits + "'::jsonb)");
    change(issued,
        "connection_limit = coalesce((scope -> 'limits' ->> 'connections')::int, 1000)");
    var both = new Login(at(issued, atLeft), at(issued, atRight));
    Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
      assertThat(sql("select count(*) from reveille.credentials where name = '" + issued.user()
          + "'")).isEqualTo("1");
    });
    return both;
  }

  private static ConnectionString at(ConnectionString who, ConnectionString where) {
    return new ConnectionString(who.user(), who.secret(), where.host(), where.port(),
        where.database(), where.parameters());
  }

  void change(ConnectionString whose, String assignment) throws SQLException {
    sql("with changed as (update reveille.credentials set " + assignment + " where name = '"
        + whose.user() + "' returning 1) select count(*) from changed");
  }

  /** Until what was used is written down, and was there to be read for as long as is promised. */
  void awaitTold() throws SQLException {
    String asked = sql("select clock_timestamp()");
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> assertThat(sql("select coalesce(max(reported_at)"
            + " < clock_timestamp() - interval '600 milliseconds', false)"
            + " and clock_timestamp() > '" + asked + "'::timestamptz + interval '1 second'"
            + " from reveille.credential_usage")).isEqualTo("t"));
  }

  String sql(String text) throws SQLException {
    try (var connection = catalog.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(text)) {
      rows.next();
      return rows.getString(1);
    }
  }

  @Override
  public void close() throws Exception {
    started.close();
  }

  /** One credential, as it is used through each of the proxies. */
  record Login(ConnectionString left, ConnectionString right) {}
}
