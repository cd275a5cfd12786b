package dev.reveille.chaos.audit;

import dev.reveille.auth.Secret;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.Proc;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.product.Products;
import dev.reveille.chaos.product.WireClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** After a whole life of the product no secret that it gave out is anywhere; names are. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecretsTest {
  /** Everything that talks, as loud as it can. */
  private static final String LOUD = Products.SMALL + """
      log: {level: debug}
      audit: {requests: all, request-text: true}
      """;

  private final Started started = new Started();
  private final Map<String, String> secrets = new LinkedHashMap<>();
  private RunningReveille reveille;
  private ConnectionString owner;
  private ConnectionString agent;

  @BeforeAll
  void live() throws Exception {
    reveille = started.add(Products.start(LOUD));
    owner = given("create", ConnectionString.parse(reveille.run("create", "shop")));
    agent = given("credential create", ConnectionString.parse(reveille.run("credential", "create",
        "--name", "a_searched", "--database", "shop", "--mode", "rw")));
    ConnectionString rotated = given("credential rotate",
        ConnectionString.parse(reveille.run("credential", "rotate", "a_searched")));
    given("url", ConnectionString.parse(reveille.run("url", "shop")));

    use(owner);
    use(agent);
    use(rotated);
    misuse();
    die();
    reveille.control("suspend", "shop");
    use(agent);
    reveille.run("credential", "revoke", "a_searched");
    assertThatThrownBy(agent::connect).isInstanceOf(SQLException.class);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(reveille.audit()).contains("credential_revoked"));
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  private ConnectionString given(String by, ConnectionString url) {
    assertThat(Secret.parse(url.secret())).isPresent();
    secrets.put("the secret of " + by, url.secret());
    return url;
  }

  private static void use(ConnectionString url) throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create table if not exists kept_" + url.user() + " (v text)");
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("42501");
    }
  }

  /** Secrets where they do not belong, and errors of all sorts. */
  private void misuse() throws IOException {
    String secret = owner.secret();
    try (WireClient client = WireClient.secured(reveille).startup(secret, "shop").prove(secret)) {
      client.refusal();
    }
    try (WireClient client = WireClient.secured(reveille)
        .startup(owner.user(), secret)
        .prove(secret)) {
      client.refusal();
    }
    try (WireClient client = WireClient.secured(reveille)
        .startup(agent.user(), "shop")
        .prove(secret)) {
      client.refusal();
    }
    try (WireClient client = WireClient.loggedIn(reveille, owner)) {
      client.query("select length('" + secret + "')");
      client.query("select 1/0 where '" + secret + "' <> ''");
    }
    try (WireClient client = WireClient.secured(reveille).startup(owner)) {
      client.send(secret.getBytes(StandardCharsets.US_ASCII));
      client.rest();
    }
  }

  private void die() throws Exception {
    Set<Long> computes = reveille.computes()
        .entrySet()
        .stream()
        .filter(e -> !e.getKey().startsWith(reveille.home().resolve("catalog")))
        .flatMap(e -> e.getValue().stream())
        .collect(java.util.stream.Collectors.toSet());
    computes.forEach(pid -> Proc.signal(pid, "KILL"));
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .untilAsserted(() -> use(owner));
  }

  @Test
  void no_secret_is_in_a_file_an_answer_or_the_process_list() throws Exception {
    Secret planted = Secret.generate(new SecureRandom());
    Files.writeString(reveille.home().resolve("log/planted"), "x".repeat(3000) + planted.reveal());
    Search search = wanted().wanting("planted", planted.reveal()).wanting("name", agent.user());

    search.below(reveille.home());
    search.below(reveille.home().resolve("cells").toRealPath());
    for (String page : List.of("/metrics", "/readyz", "/healthz")) {
      search.in(page, reveille.page(page));
    }
    search.in("status", reveille.report());
    search.in("audit", reveille.audit());
    search.in("list", reveille.run("list", "--json"));
    search.in("credential list", reveille.run("credential", "list", "--json"));
    search.in("credential show", reveille.run("credential", "show", agent.user(), "--json"));
    for (String line : Proc.processesOf(reveille.home())) {
      String pid = line.substring(0, line.indexOf(' '));
      search.in("cmdline of " + pid, bytesOf(pid, "cmdline"));
      search.in("environ of " + pid, bytesOf(pid, "environ"));
    }

    secrets.keySet().forEach(name -> assertThat(search.places(name)).as(name).isEmpty());
    assertThat(search.places("planted")).as("the search finds what is there").hasSize(1);
    assertThat(search.places("name")).as("names are found in the places that were searched")
        .anyMatch(place -> place.endsWith("audit.jsonl"))
        .anyMatch(place -> place.contains("/catalog/"))
        .anyMatch(place -> place.contains("/cells/"))
        .contains("audit", "credential list", "credential show");
  }

  /** In the clear, and in the one other form in which a secret travels. */
  private Search wanted() {
    Search search = new Search();
    secrets.forEach(search::wanting);
    secrets.forEach((name, secret) -> search.wanting(name + " in base64",
        Base64.getEncoder()
            .withoutPadding()
            .encodeToString(secret.getBytes(StandardCharsets.US_ASCII))));
    return search;
  }

  private static byte[] bytesOf(String pid, String file) {
    try {
      return Files.readAllBytes(Path.of("/proc", pid, file));
    } catch (IOException e) {
      return new byte[0]; // it has ended
    }
  }
}
