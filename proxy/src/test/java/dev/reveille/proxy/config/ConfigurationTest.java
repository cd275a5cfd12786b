package dev.reveille.proxy.config;

import dev.reveille.proxy.budget.AccountLimit;
import dev.reveille.proxy.budget.Plan;
import dev.reveille.proxy.budget.Prices;
import dev.reveille.proxy.config.Configuration.Accounts;
import dev.reveille.proxy.config.Configuration.Api;
import dev.reveille.proxy.config.Configuration.Audit;
import dev.reveille.proxy.config.Configuration.CatalogAccess;
import dev.reveille.proxy.config.Configuration.CellOptions;
import dev.reveille.proxy.config.Configuration.Compute;
import dev.reveille.proxy.config.Configuration.Http;
import dev.reveille.proxy.config.Configuration.Issuer;
import dev.reveille.proxy.config.Configuration.Lifetimes;
import dev.reveille.proxy.config.Configuration.Limits;
import dev.reveille.proxy.config.Configuration.Listener;
import dev.reveille.proxy.config.Configuration.Log;
import dev.reveille.proxy.config.Configuration.LoginOptions;
import dev.reveille.proxy.config.Configuration.Tls;
import dev.reveille.proxy.config.Configuration.Wake;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ConfigurationTest {
  private static final Optional<Path> NO_FILE = Optional.empty();
  private static final Plan GENEROUS = new Plan("default",
      Map.of(AccountLimit.LIVE_DATABASES, 10_000L, AccountLimit.CREATES_PER_MINUTE, 3_000L,
          AccountLimit.CREATES_PER_HOUR, 30_000L, AccountLimit.WAKES_PER_HOUR, 100_000L),
      new Prices(0, 0, 0, "USD"), 1000, 1000);
  private static final Plan SMALL = new Plan("small",
      Map.of(AccountLimit.LIVE_DATABASES, 3L, AccountLimit.CREATES_PER_MINUTE, 4L,
          AccountLimit.CREATES_PER_HOUR, 5L, AccountLimit.WAKES_PER_HOUR, 6L,
          AccountLimit.COMPUTE_SECONDS, 7L, AccountLimit.BYTES_STORED, 8L << 20,
          AccountLimit.SPEND_CAP, 9_500_000L),
      new Prices(120_000, 130_000, 140_000, "EUR"), 10, 11);

  /** Every value away from its default, so that one that is forgotten is seen. */
  private static final String EXPLICIT = """
      listeners:
        - address: 0.0.0.0
          port: 15432
          proxy-protocol: true
        - port: 15433
          proof: certificate
          client-authority: clients.crt
      tls:
        names: [db.example.org, db.example.com]
        certificate: chain.pem
        key: key.pem
        min-version: tls-1.3
        plaintext: true
      issuers:
        - issuer: https://login.example.org
          jwks: https://login.example.org/keys
          audience: reveille
          template: a_people
          claims: {subject: email, mode: db_mode, databases: dbs}
          scope: openid db
      http: {address: 0.0.0.0, port: 8080}
      api: {calls-per-minute: 30}
      catalog:
        url: postgresql://catalog.example.org/reveille
        user: reveille
        password-file: /run/secrets/catalog
        connections: 7
        poll: 500ms
        max-staleness: 90min
      cells:
        - id: near
          capacity: 12
          directory: /srv/near
        - id: always-on
          kind: static
          host: db1.example.org
          port: 5433
          tls: verify-ca
          root-certificate: db1.crt
          connections: 90
          databases: [orders, "stock"]
          logins:
            - role: app
              password-file: app.secret
            - credential: a_admin
              role: admin
              certificate: admin.crt
              key: admin.key
      compute:
        postgres-version: 17
        bin-directory: /usr/lib/postgresql/17/bin
        max-connections: 20
        shared-buffers: 64MB
        suspend-after: 90s
        prepared-running: 1
        prepared-copied: 9
      wake: {deadline: 2min, waiters: 17, starts-at-once: 3, notice-after: 700ms}
      limits: {connections: 99, login-deadline: 9s, unproven: 7, frame: 16MB}
      plans:
        - name: small
          live-databases: 3
          creates-per-minute: 4
          creates-per-hour: 5
          wakes-per-hour: 6
          compute-seconds: 7
          bytes-stored: 8MB
          spend-cap: 9.5
          churn-per-hour: 10
          credentials-per-hour: 11
          price-compute-hour: 0.12
          price-gb-month: 0.13
          price-thousand-wakes: 0.14
          currency: EUR
      accounts: {default-plan: small, flush: 15s, measure-storage: 16s}
      branches: {copied-base: 17MB}
      lifetimes:
        agent-branch: 2h
        agent-database: 3h
        agent-longest: 4d
        agent-checkpoint: 5d
        undo: 6h
        warn: 7min
        grace: 8h
        orphan-after: 9h
        check-every: 10s
      audit: {requests: all, request-text: true, file: false, retention: 7d}
      undo: {interval: 17s}
      drain: {deadline: 4s}
      log: {format: json, level: debug}
      """;

  @Test
  void an_empty_file_gives_the_defaults() throws Exception {
    Configuration configuration = Configuration.parse("config.yaml", "", Map.of());

    assertThat(configuration).isEqualTo(new Configuration(
        List.of(new Listener("localhost", 6432, false, ListenerProof.SCRAM, NO_FILE)),
        new Tls(List.of(), NO_FILE, NO_FILE, TlsVersion.TLS_1_2, false),
        List.of(),
        new Http("127.0.0.1", 6480),
        new Api(600),
        new CatalogAccess("embedded", Optional.empty(), NO_FILE, 8, Duration.ofSeconds(1),
            Duration.ofHours(24)),
        List.of(localCell("a"), localCell("b")),
        new Compute(18, NO_FILE, 50, 16 << 20, Duration.ofMinutes(5), 2, 8),
        new Wake(Duration.ofMinutes(1), 1000, 0, Duration.ofSeconds(1)),
        new Limits(20_000, Duration.ofSeconds(30), 64, 1 << 30),
        64 << 20,
        new Lifetimes(Duration.ofHours(24), Duration.ofHours(72), Duration.ofDays(30),
            Duration.ofDays(7), Duration.ofHours(72), Duration.ofHours(1), Duration.ofHours(24),
            Duration.ofHours(24), Duration.ofSeconds(30)),
        new Accounts(List.of(GENEROUS), "default", Duration.ofSeconds(5), Duration.ofMinutes(5)),
        new Audit(AuditedRequests.AGENTS, false, true, Duration.ofDays(30)), Duration.ofMinutes(1),
        Duration.ofSeconds(30),
        new Log(LogFormat.TEXT, LogLevel.INFO)));
  }

  @Test
  void every_value_can_be_given() throws Exception {
    Configuration configuration = Configuration.parse("config.yaml", EXPLICIT, Map.of());

    assertThat(configuration).isEqualTo(new Configuration(
        List.of(new Listener("0.0.0.0", 15432, true, ListenerProof.SCRAM, NO_FILE),
            new Listener("localhost", 15433, false, ListenerProof.CERTIFICATE,
                Optional.of(Path.of("clients.crt")))),
        new Tls(List.of("db.example.org", "db.example.com"), Optional.of(Path.of("chain.pem")),
            Optional.of(Path.of("key.pem")), TlsVersion.TLS_1_3, true),
        List.of(new Issuer("https://login.example.org", "https://login.example.org/keys",
            "reveille", "a_people", "email", Optional.of("db_mode"), Optional.of("dbs"),
            "openid db")),
        new Http("0.0.0.0", 8080),
        new Api(30),
        new CatalogAccess("postgresql://catalog.example.org/reveille",
            Optional.of("reveille"), Optional.of(Path.of("/run/secrets/catalog")), 7,
            Duration.ofMillis(500), Duration.ofMinutes(90)),
        List.of(
            new CellOptions("near", CellKind.LOCAL, 12, Optional.of(Path.of("/srv/near")),
                "localhost", 5432, ComputeTlsMode.VERIFY_FULL, NO_FILE, 100, List.of(), List.of()),
            new CellOptions("always-on", CellKind.STATIC, 10_000, NO_FILE, "db1.example.org", 5433,
                ComputeTlsMode.VERIFY_CA, Optional.of(Path.of("db1.crt")), 90,
                List.of("orders", "stock"),
                List.of(
                    new LoginOptions("*", "app", Optional.of(Path.of("app.secret")), NO_FILE,
                        NO_FILE),
                    new LoginOptions("a_admin", "admin", NO_FILE,
                        Optional.of(Path.of("admin.crt")), Optional.of(Path.of("admin.key")))))),
        new Compute(17, Optional.of(Path.of("/usr/lib/postgresql/17/bin")), 20, 64L << 20,
            Duration.ofSeconds(90), 1, 9),
        new Wake(Duration.ofMinutes(2), 17, 3, Duration.ofMillis(700)),
        new Limits(99, Duration.ofSeconds(9), 7, 16 << 20),
        17 << 20,
        new Lifetimes(Duration.ofHours(2), Duration.ofHours(3), Duration.ofDays(4),
            Duration.ofDays(5), Duration.ofHours(6), Duration.ofMinutes(7), Duration.ofHours(8),
            Duration.ofHours(9), Duration.ofSeconds(10)),
        new Accounts(List.of(SMALL, GENEROUS), "small", Duration.ofSeconds(15),
            Duration.ofSeconds(16)),
        new Audit(AuditedRequests.ALL, true, false, Duration.ofDays(7)), Duration.ofSeconds(17),
        Duration.ofSeconds(4),
        new Log(LogFormat.JSON, LogLevel.DEBUG)));
  }

  @Test
  void the_explicit_example_names_every_option() {
    for (Option<?> option : Options.all()) {
      String key = option.segments().getLast();

      assertThat(EXPLICIT).as(option.path()).containsPattern("\\b" + key + ":");
    }
  }

  @Test
  void the_environment_overrides_the_file() throws Exception {
    Map<String, String> environment = Map.of("REVEILLE_WAKE_DEADLINE", "5s",
        "REVEILLE_LISTENERS_1_PORT", "7000", "REVEILLE_TLS_NAMES", "x,y", "REVEILLE_HOME", "/h");

    Configuration configuration = Configuration.parse("config.yaml", EXPLICIT, environment);

    assertThat(configuration.wake().deadline()).isEqualTo(Duration.ofSeconds(5));
    assertThat(configuration.listeners().get(1).port()).isEqualTo(7000);
    assertThat(configuration.tls().names()).containsExactly("x", "y");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "wake: {dedline: 5s} | config.yaml:1: unknown key \"wake.dedline\"; did you mean \"deadline\"?",
      "wakes: {} | config.yaml:1: unknown key \"wakes\"; did you mean \"wake\"?",
      "cells: [{id: a, kidn: local}] | unknown key \"cells[0].kidn\"; did you mean \"kind\"?",
      "http: {port: 1, port: 2} | config.yaml:1: http.port is written twice",
      "http: {port: 70000} | http.port = \"70000\" is outside 0 to 65535",
      "wake: {deadline: 5} | wake.deadline = \"5\" is not a duration",
      "limits: {frame: 3XB} | limits.frame = \"3XB\" is not a size",
      "log: {format: jsn} | is not one of text, json; did you mean \"json\"?",
      "http: {port: } | http.port needs one value",
      "http: 6480 | http must have keys",
      "listeners: {port: 1} | listeners must be a list",
      "cells: [{kind: local}] | cells[0].id must be given",
      "cells: [{id: a}, {id: a}] | \"a\" is there twice",
      "cells: [{id: ../a}] | is not a cell's name",
      "cells: [{id: s, kind: static}] | needs at least one login",
      "tls: {key: k.pem} | belong together",
      "catalog: {url: mysql} | catalog.url is neither",
      "listeners: [{proof: token}] | proof token needs at least one of issuers",
      "listeners: [{proof: oauthbearer}] | proof oauthbearer needs at least one of issuers",
      "listeners: [{proof: none}] | is not one of scram, token, oauthbearer, certificate",
      "listeners: [{client-authority: x}] | goes with the proof certificate only",
      "issuers: [{issuer: i, jwks: k, audience: a}] | issuers[0].template must be given",
      "issuers: [{issuer: i, jwks: k, audience: a, template: A}] | is not a credential's name",
      "issuers: [{issuer: i, jwks: 'http://x/', audience: a, template: t}] | jwks is neither",
      "issuers: [{issuer: i, jwks: 'ftp://x/', audience: a, template: t}] | jwks is neither",
      "http: [ | config.yaml:1"})
  void a_mistake_is_named_with_its_place(String text, String message) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Configuration.parse("config.yaml", text, Map.of()))
        .withMessageContaining(message);
  }

  @Test
  void all_mistakes_are_told_at_once() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Configuration.parse("config.yaml", "http: {port: x, adress: y}",
            Map.of("REVEILLE_WAKE_WATERS", "1")))
        .satisfies(e -> assertThat(e.problems()).hasSize(3)
            .anyMatch(problem -> problem.contains("REVEILLE_WAKE_WAITERS")));
  }

  private static CellOptions localCell(String id) {
    return new CellOptions(id, CellKind.LOCAL, 10_000, NO_FILE, "localhost", 5432,
        ComputeTlsMode.VERIFY_FULL, NO_FILE, 100, List.of(), List.of());
  }
}
