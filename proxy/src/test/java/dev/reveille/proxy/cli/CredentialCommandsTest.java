package dev.reveille.proxy.cli;

import dev.reveille.proxy.cli.Cli.Result;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Credentials from the command line to a real driver: what they print, what ends, and how soon. */
@SuppressWarnings("NullAway.Init")
class CredentialCommandsTest {
  private static final Duration REFUSED = Duration.ofSeconds(1);
  private static final Duration ENDED = Duration.ofSeconds(3);
  private static Cli cli;

  @BeforeAll
  static void start() throws Exception {
    cli = Cli.inFreshHome();
    Result up = cli.up();
    assertThat(up.exitCode()).as(up.err()).isZero();
    assertThat(cli.run("create", "shop").exitCode()).isZero();
  }

  @AfterAll
  static void stop() throws Exception {
    cli.remove();
  }

  @Test
  void create_prints_the_connection_string_alone_and_json_all_of_it() throws Exception {
    Result plain = cli.run("credential", "create", "--database", "shop");
    JsonNode json = json("credential", "create", "--database", "shop", "--name", "a_json",
        "--mode", "rw", "--max-bytes-out", "10MB", "--json");

    assertThat(plain.err()).isEmpty();
    assertThat(plain.out()).matches("postgresql://a_[a-z2-7]+:wk_\\w+@localhost:" + cli.port
        + "/shop\\?sslmode=verify-full&sslrootcert=" + cli.home + "/tls/root.crt\n");
    assertThat(Cli.query(plain.out(), "select current_user")).startsWith("a_");
    assertThat(json.path("connection_string").asString()).contains(json.path("secret").asString());
    assertThat(json.path("limits").path("max_bytes_out").asString()).isEqualTo("10MB");
    assertThat(json.path("limits").size()).isEqualTo(9);
    Result shown = cli.run("credential", "show", "a_json", "--json");
    assertThat(shown.out()).contains("\"rw\"").doesNotContain("wk_", "SCRAM");
    assertThat(cli.run("credential", "list").out()).contains("a_json").doesNotContain("wk_");
  }

  @Test
  void mistakes_name_what_is_valid_and_have_the_usual_exit_codes() throws Exception {
    Result mode = cli.run("credential", "create", "--database", "shop", "--mode", "admin");
    assertThat(mode.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(mode.out()).isEmpty();
    assertThat(mode.err()).contains("ro, rw, ddl");
    assertThat(cli.run("credential", "create", "--database", "none").exitCode())
        .isEqualTo(ExitCode.NOT_FOUND);
    assertThat(cli.run("credential", "show", "a_none").exitCode()).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(cli.run("credential", "create", "--database", "shop", "--name", "pg_x").err())
        .contains("reserved");
    assertThat(cli.run("credential", "create", "--database", "shop", "--ttl", "25h").err())
        .contains("at most 1d");
    assertThat(cli.run("credential", "create", "--database", "shop", "--max-wakes-per-hour",
        "unlimited").exitCode()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void revoking_a_parent_ends_the_sessions_of_what_was_narrowed_from_it() throws Exception {
    String parent = made("--name", "a_parent", "--mode", "rw");
    String child = cli.run("credential", "narrow", "a_parent", "--as", "a_child", "--mode", "ro")
        .out();
    Result wider = cli.run("credential", "narrow", "a_child", "--mode", "rw");

    assertThat(wider.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(wider.err()).contains("mode (rw, not within ro)");
    try (Connection live = connect(child); Statement statement = live.createStatement()) {
      statement.execute("select 1");
      Result revoked = cli.run("credential", "revoke", "a_parent");
      assertThat(revoked.err()).contains("with 1 narrowed from it");
      assertFails(ENDED, () -> statement.execute("select 1"));
    }
    assertRefused(child);
    assertRefused(parent);
    assertThat(cli.run("credential", "rotate", "a_child").exitCode()).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void an_expired_one_is_refused_and_its_session_ends() throws Exception {
    String url = made("--name", "a_brief");
    try (Connection live = connect(url); Statement statement = live.createStatement()) {
      statement.execute("select 1");
      assertThat(cli.run("credential", "narrow", "a_brief", "--in-place", "--ttl", "1s")
          .exitCode()).isZero();
      assertFails(ENDED.plusSeconds(1), () -> statement.execute("select 1"));
    }
    assertRefused(url);
  }

  @Test
  void both_secrets_work_until_the_next_rotation_and_sessions_survive_it() throws Exception {
    String first = made("--name", "a_turn");
    try (Connection live = connect(first); Statement statement = live.createStatement()) {
      String second = cli.run("credential", "rotate", "a_turn").out();
      assertThat(Cli.query(second, "select 2")).isEqualTo("2");
      assertThat(Cli.query(first, "select 1")).isEqualTo("1");

      String third = cli.run("credential", "rotate", "a_turn").out();
      assertRefused(first);
      assertThat(Cli.query(second, "select 2")).isEqualTo("2");

      String last = cli.run("credential", "rotate", "a_turn", "--drop-old").out();
      assertRefused(second);
      assertRefused(third);
      assertThat(Cli.query(last, "select 4")).isEqualTo("4");
      assertThat(statement.execute("select 1")).isTrue();
    }
  }

  @Test
  void a_database_made_again_under_its_name_is_closed_to_the_old_credentials() throws Exception {
    assertThat(cli.run("create", "fleeting").exitCode()).isZero();
    String url = cli.run("credential", "create", "--database", "fleeting").out();
    assertThat(Cli.query(url, "select 1")).isEqualTo("1");

    assertThat(cli.run("drop", "fleeting").exitCode()).isZero();
    assertThat(cli.run("create", "fleeting").exitCode()).isZero();

    assertRefused(url);
  }

  private static String made(String... options) throws Exception {
    String[] words = new String[options.length + 4];
    System.arraycopy(new String[]{"credential", "create", "--database", "shop"}, 0, words, 0, 4);
    System.arraycopy(options, 0, words, 4, options.length);
    Result made = cli.run(words);
    assertThat(made.exitCode()).as(made.err()).isZero();
    return made.out();
  }

  private static JsonNode json(String... words) throws Exception {
    Result made = cli.run(words);
    assertThat(made.exitCode()).as(made.err()).isZero();
    return JsonMapper.shared().readTree(made.out());
  }

  /** What is begun later than that after now fails; a slow machine only makes it later. */
  private static void assertFails(Duration within, Attempt attempt) {
    long ended = System.nanoTime();
    while (true) {
      long begun = System.nanoTime() - ended;
      try {
        attempt.run();
      } catch (SQLException e) {
        return;
      }
      assertThat(Duration.ofNanos(begun)).isLessThan(within);
    }
  }

  private static void assertRefused(String url) {
    assertFails(REFUSED, () -> Cli.query(url, "select 1"));
  }

  /** Something that a client does. */
  @FunctionalInterface
  private interface Attempt {
    void run() throws SQLException;
  }

  private static Connection connect(String connectionString) throws SQLException {
    URI uri = URI.create(connectionString.strip());
    String[] user = uri.getRawUserInfo().split(":", 2);
    Properties properties = new Properties();
    properties.setProperty("user", user[0]);
    properties.setProperty("password", user[1]);
    return DriverManager.getConnection("jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort()
        + uri.getRawPath() + "?" + uri.getRawQuery(), properties);
  }
}
