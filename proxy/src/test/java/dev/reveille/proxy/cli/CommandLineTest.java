package dev.reveille.proxy.cli;

import dev.reveille.proxy.cli.Cli.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** The whole product, one command after the other, as separate processes. */
@SuppressWarnings("NullAway.Init")
class CommandLineTest {
  private static Cli cli;

  @BeforeAll
  static void start() throws Exception {
    cli = Cli.inFreshHome();
    Result up = cli.up();
    assertThat(up.exitCode()).as(up.err()).isZero();
    assertThat(up.err()).contains("serving clients on", "reveille create shop");
  }

  @AfterAll
  static void stop() throws Exception {
    cli.remove();
    assertThat(cli.processes()).isEmpty();
  }

  @Test
  void create_prints_a_connection_string_and_nothing_else() throws Exception {
    Result created = cli.run("create", "shop");

    assertThat(created.err()).isEqualTo("database \"shop\" never expires\n");
    assertThat(created.out()).matches("postgresql://a_[a-z2-7]+:wk_\\w+@localhost:" + cli.port
        + "/shop\\?sslmode=verify-full&sslrootcert=" + cli.home + "/tls/root.crt\n");
    assertThat(Cli.query(created.out(), "select current_database()")).isEqualTo("shop");
  }

  @Test
  void psql_reaches_a_new_database() throws Exception {
    Assumptions.assumeTrue(Tools.find("psql").isPresent(), "psql is not on this machine");
    String url = created("by_psql");

    Process psql = new ProcessBuilder("psql", url, "-XAtc", "select current_database()")
        .redirectErrorStream(true)
        .start();

    assertThat(psql.getInputStream().readAllBytes()).asString().isEqualTo("by_psql\n");
  }

  @Test
  void a_suspended_database_has_no_process_and_wakes_for_the_same_connection_string()
      throws Exception {
    String url = created("sleeper");
    Cli.query(url, "create table kept as select 42 as x");
    long postmaster = compute("sleeper").path("pid").asLong();

    Result suspended = cli.run("suspend", "sleeper");

    assertThat(suspended.exitCode()).as(suspended.err()).isZero();
    assertThat(ProcessHandle.of(postmaster)).isEmpty();
    assertThat(Cli.query(url, "select x from kept")).isEqualTo("42");
    assertThat(cli.run("suspend", "sleeper").exitCode()).isZero();
    assertThat(cli.run("wake", "sleeper").exitCode()).isZero();
    assertThat(compute("sleeper").path("state").asString()).isEqualTo("awake");
  }

  @Test
  void url_gives_a_second_credential_for_the_same_database() throws Exception {
    String first = created("twice");
    String second = cli.run("url", "twice").out();

    assertThat(second).isNotEqualTo(first);
    Cli.query(first, "create table t as select 1 as x");
    assertThat(Cli.query(second, "select x from t")).isEqualTo("1");
  }

  @Test
  void a_dropped_database_is_gone_for_clients_and_its_name_is_free() throws Exception {
    String url = created("gone");
    String storage = compute("gone").path("id").asString();
    assertThat(storage).isNotEmpty();

    assertThat(cli.run("drop", "gone").exitCode()).isZero();

    assertThatExceptionOfType(SQLException.class).isThrownBy(() -> Cli.query(url, "select 1"))
        .satisfies(e -> assertThat(e.getSQLState()).isIn("3D000", "42501"));
    assertThat(cli.run("drop", "gone").exitCode()).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(cli.run("create", "gone").exitCode()).isZero();
  }

  @Test
  void mistakes_have_their_own_exit_codes_and_say_what_to_do() throws Exception {
    created("taken");

    Result taken = cli.run("create", "taken");
    assertThat(taken.exitCode()).isEqualTo(ExitCode.ALREADY_EXISTS);
    assertThat(taken.out()).isEmpty();
    assertThat(taken.err()).contains("already exists", "reveille url");
    assertThat(cli.run("url", "nowhere").exitCode()).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(cli.run("create", "postgres").exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(cli.run("create").exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(cli.run("crate", "x").exitCode()).isEqualTo(ExitCode.USAGE);
    Result again = cli.up();
    assertThat(again.exitCode()).isEqualTo(ExitCode.ALREADY_EXISTS);
    assertThat(again.err()).contains("already running");
  }

  @Test
  void list_and_status_have_a_form_for_programs() throws Exception {
    created("listed");

    JsonNode list = JsonMapper.shared().readTree(cli.run("list", "--json").out());
    JsonNode status = JsonMapper.shared().readTree(cli.run("status", "--json").out());

    assertThat(list.findValuesAsString("name")).contains("listed");
    assertThat(status.path("ready").asBoolean()).isTrue();
    assertThat(status.path("cells").findValuesAsString("id")).containsExactly("a", "b");
    assertThat(cli.run("list").out()).contains("NAME", "listed");
    assertThat(cli.run("status").out()).contains("process", "CELL", "listed");
  }

  @Test
  void the_demo_tells_where_the_time_went() throws Exception {
    Result demo = cli.run("demo");

    assertThat(demo.exitCode()).as(demo.err()).isZero();
    assertThat(demo.out()).contains("suspended", "TLS handshake", "proof of the secret",
        "waking its compute", "logging in to the compute", "now that it is awake");
    assertThat(cli.run("list").out()).doesNotContain("demo_");
  }

  @Test
  void the_root_certificate_and_the_machine_can_be_asked_for() throws Exception {
    assertThat(Path.of(cli.run("ca").out().strip())).exists();
    Result doctor = cli.run("doctor");
    assertThat(doctor.exitCode()).as(doctor.out()).isZero();
    assertThat(doctor.out()).contains("java", "cloning", "sockets", "configuration");
    assertThat(cli.run("--help").out()).contains("Exit codes", "demo");
    assertThat(cli.run("up", "--help").out()).contains("--detach");
  }

  @Test
  void what_was_acknowledged_survives_a_kill_of_everything() throws Exception {
    Cli other = Cli.withDefaults();
    try {
      assertThat(other.up().exitCode()).isZero();
      String url = other.run("create", "survivor").out();
      Cli.query(url, "create table kept as select 7 as x");
      ProcessHandle server = other.server();

      server.destroyForcibly();
      server.onExit().join();
      assertThat(other.run("status").exitCode()).isEqualTo(ExitCode.NOT_RUNNING);
      Result up = other.up();

      assertThat(up.exitCode()).as(up.err()).isZero();
      assertThat(Cli.query(url, "select x from kept")).isEqualTo("7");
      assertThat(other.run("down").exitCode()).isZero();
      assertThat(other.run("down").exitCode()).isEqualTo(ExitCode.NOT_RUNNING);
      await().atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(other.processes()).isEmpty());
    } finally {
      other.remove();
    }
  }

  @Test
  void a_start_that_fails_says_why() throws Exception {
    Cli other = Cli.inFreshHome();
    try {
      Files.writeString(other.home.resolve("config.yaml"), "wake: {dedline: 3s}\n");
      Result misconfigured = other.up();
      assertThat(misconfigured.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(misconfigured.err()).contains("config.yaml:1", "deadline");

      Files.writeString(other.home.resolve("config.yaml"), "");
      Result occupied = other.run("up", "--detach", "--port", String.valueOf(cli.port),
          "--http-port", String.valueOf(other.httpPort));
      assertThat(occupied.exitCode()).isEqualTo(ExitCode.FAILED);
      assertThat(occupied.err()).contains("cannot listen", "--port");
      await().atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(other.processes()).isEmpty());
    } finally {
      other.remove();
    }
  }

  private static String created(String name) throws Exception {
    Result created = cli.run("create", name);
    assertThat(created.exitCode()).as(created.err()).isZero();
    return created.out().strip();
  }

  /** The compute of a database, as the status has it. */
  private static JsonNode compute(String database) throws Exception {
    JsonNode status = JsonMapper.shared().readTree(cli.run("status", "--json").out());
    return status.path("computes")
        .valueStream()
        .filter(compute -> compute.path("database").asString().equals(database))
        .findFirst()
        .orElseThrow();
  }
}
