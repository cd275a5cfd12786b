package dev.reveille.chaos.audit;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.Ports;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.product.Products;
import dev.reveille.chaos.product.WireClient;
import dev.reveille.proxy.audit.AuditKind;
import dev.reveille.wire.FrontendMessages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Each kind of event is caused once in the running product, and found in both places. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditTest {
  private final Started started = new Started();
  private RunningReveille reveille;
  private ConnectionString url;

  @BeforeAll
  void start() throws Exception {
    reveille = started.add(Products.start(Products.SMALL + """
        audit: {requests: all}
        lifetimes: {check-every: 200ms, warn: 1s, grace: 10s}
        """));
    url = reveille.create("shop");
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  /** In one test, because the last step is to look whether any kind is missing. */
  @Test
  void every_kind_of_the_closed_set_is_written_to_the_file_and_to_the_table() throws Exception {
    String sql = "select 'found by its digest', " + System.nanoTime();
    long pid = session(sql);
    cancelled();
    refused();
    ended();
    reveille.create("gone");
    reveille.control("drop", "gone");
    changed();

    Set<String> kinds = Arrays.stream(AuditKind.values())
        .map(AuditKind::label)
        .collect(Collectors.toSet());
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> {
          assertThat(kinds(file())).isEqualTo(kinds);
          assertThat(kinds(table())).isEqualTo(kinds);
        });

    JsonNode start = one("session_started", url.user());
    assertThat(start.path("tls").asString()).startsWith("TLSv1.");
    assertThat(start.path("proof").asString()).startsWith("scram-sha-256");
    assertThat(start.path("auth_us").asLong()).isPositive();
    assertThat(start.path("total_us").asLong())
        .isGreaterThanOrEqualTo(start.path("auth_us").asLong() + start.path("wake_us").asLong());
    assertThat(start.path("process_id").asLong()).isEqualTo(pid);
    JsonNode end = one("session_ended", url.user());
    assertThat(end.path("session").asLong()).isEqualTo(start.path("session").asLong());
    assertThat(end.path("reason").asString()).isEqualTo("client_left");
    assertThat(end.path("requests").asLong()).isPositive();
    assertThat(end.path("bytes_from_compute").asLong()).isPositive();
    assertThat(file()).filteredOn(line -> line.path("kind").asString().equals("request"))
        .anyMatch(line -> line.path("sha256").asString().equals(sha256(sql))
            && line.path("bytes").asInt() == sql.length()
            && line.path("credential").asString().equals(url.user()));
    assertThat(text()).doesNotContain("found by its digest").doesNotContain("a bound parameter");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
        .isEqualTo("rw-------");
  }

  /** A session with a statement and a parameter; its process id at the compute. */
  private long session(String sql) throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
      try (PreparedStatement prepared = connection.prepareStatement("select ?::text")) {
        prepared.setString(1, "a bound parameter");
        prepared.execute();
      }
      return ConnectionString.driver(connection).getBackendPID();
    }
  }

  /** A database through all of its changes, to its end. */
  private void changed() {
    reveille.run("create", "old");
    reveille.run("checkpoint", "old", "--as", "c");
    reveille.run("restore", "old", "c");
    reveille.run("rename", "old", "older");
    reveille.run("checkpoint", "older", "--drop", "c");
    reveille.run("set", "older", "ttl=1s");
    told("database_archived");
    reveille.run("set", "older", "ttl=2h");
    reveille.run("set", "older", "ttl=1s");
    told("database_expired");
  }

  private void told(String kind) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(file())
            .anyMatch(line -> line.path("kind").asString().equals(kind)));
  }

  private void cancelled() throws Exception {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement()) {
      CompletableFuture<Optional<String>> state = CompletableFuture.supplyAsync(() -> {
        try {
          statement.execute("select pg_sleep(60)");
          return Optional.empty();
        } catch (SQLException e) {
          return Optional.ofNullable(e.getSQLState());
        }
      });
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(200))
          .untilAsserted(() -> {
            statement.cancel();
            assertThat(state).isDone();
          });
      assertThat(state.join()).hasValue("57014");
    }
    Awaitility.await()
        .untilAsserted(() -> assertThat(file())
            .anyMatch(line -> line.path("outcome").asString().equals("delivered")));
  }

  private void refused() throws Exception {
    try (WireClient wrong = WireClient.secured(reveille)
        .startup(url.user(), "shop")
        .prove("wk_wrong")) {
      wrong.refusal();
    }
    try (WireClient nowhere = WireClient.secured(reveille)
        .startup(url.user(), "nope")
        .prove(url.secret())) {
      nowhere.refusal();
    }
    try (WireClient plain = WireClient.to(reveille.port()).startup("a_nobody", "nope")) {
      plain.refusal();
    }
    assertThat(Ports.answers(reveille.port())).as("a silent probe").isTrue();
    try (WireClient broken = WireClient.to(reveille.port())) {
      broken.send(FrontendMessages::sslRequest);
      assertThat(broken.answer()).isEqualTo('S');
      broken.send("this is no handshake".getBytes(StandardCharsets.US_ASCII));
      broken.rest();
    }
    Awaitility.await().untilAsserted(() -> {
      List<JsonNode> lines = file();
      assertThat(refusal(lines, "proof").path("sqlstate").asString()).isEqualTo("28P01");
      assertThat(refusal(lines, "proof").path("claimed").asString()).isEqualTo(url.user());
      assertThat(refusal(lines, "proof").path("credential").isMissingNode()).isTrue();
      assertThat(refusal(lines, "route").path("sqlstate").asString()).isEqualTo("3D000");
      assertThat(refusal(lines, "route").path("credential").asString()).isEqualTo(url.user());
      assertThat(refusal(lines, "startup").path("reason").asString()).isEqualTo("plaintext");
      assertThat(refusal(lines, "tls").path("client").asString()).isNotEmpty();
    });
    assertThat(file()).filteredOn(line -> line.path("kind").asString().equals("connection_refused"))
        .as("the silent probes leave nothing")
        .hasSize(4);
  }

  /** The life of credentials: made, narrowed, rotated, used up, revoked; and one that runs out. */
  private void ended() throws Exception {
    ConnectionString agent = credential("create", "--name", "a_agent", "--database", "shop",
        "--mode", "rw", "--max-connections", "1");
    credential("create", "--name", "a_short", "--database", "shop", "--ttl", "2s");
    try (Connection first = agent.connect()) {
      assertThat(first.isValid(5)).isTrue();
      assertThatThrownBy(agent::connect).isInstanceOf(SQLException.class);
    }
    credential("rotate", "a_agent");
    reveille.run("credential", "narrow", "a_agent", "--in-place", "--mode", "ro");
    reveille.run("credential", "revoke", "a_agent");
  }

  private ConnectionString credential(String... words) {
    String[] all = new String[words.length + 1];
    all[0] = "credential";
    System.arraycopy(words, 0, all, 1, words.length);
    return ConnectionString.parse(reveille.run(all));
  }

  private JsonNode one(String kind, String credential) throws IOException {
    return file().stream()
        .filter(line -> line.path("kind").asString().equals(kind))
        .filter(line -> line.path("credential").asString("").equals(credential))
        .findFirst()
        .orElseThrow();
  }

  private static JsonNode refusal(List<JsonNode> lines, String layer) {
    return lines.stream()
        .filter(line -> line.path("layer").asString("").equals(layer))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no refusal in the layer " + layer));
  }

  private static Set<String> kinds(List<JsonNode> entries) {
    return entries.stream().map(entry -> entry.path("kind").asString()).collect(Collectors.toSet());
  }

  private Path path() {
    return reveille.home().resolve("log/audit.jsonl");
  }

  private String text() throws IOException {
    return Files.readString(path());
  }

  private List<JsonNode> file() throws IOException {
    return text().lines().map(line -> JsonMapper.shared().readTree(line)).toList();
  }

  private List<JsonNode> table() throws IOException {
    return JsonMapper.shared().readTree(reveille.audit()).valueStream().toList();
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256")
              .digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
