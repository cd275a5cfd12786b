package dev.reveille.proxy.api;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.reveille.proxy.cli.Cli;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * The API of a running process, with real databases: each operation of the document that it serves is
 * called, and each answer held against its schema there.
 */
@SuppressWarnings("NullAway.Init")
@TestInstance(Lifecycle.PER_CLASS)
class ServedApiTest {
  private static final String ALL = "databases:read,databases:write,credentials:read,"
      + "credentials:write,usage:read,sql:run,sql:write";
  private Cli cli;
  private HttpClient client;
  private String key;
  private JsonNode document;
  private final Set<String> called = new TreeSet<>();

  @BeforeAll
  void start() throws Exception {
    cli = Cli.inFreshHome();
    Cli.Result up = cli.up();
    assertThat(up.exitCode()).as(up.err()).isZero();
    key = cli.run("key", "create", "test", "--scopes", ALL).out().strip();
    client = HttpClient.newHttpClient();
    document = JsonMapper.shared().readTree(send("GET", "/v1/openapi.json", null, Map.of()).body());
  }

  @AfterAll
  void stop() throws Exception {
    client.close();
    cli.remove();
  }

  @Test
  void every_operation_answers_as_the_document_says() throws Exception {
    JsonNode made = call("createDatabase", "POST", "/v1/databases",
        "{\"name\":\"shop\",\"ttl\":\"2h\",\"suspend_after\":\"90s\"}", 201);
    assertThat(Cli.query(made.path("connection_string").asString(), "select 1 + 1"))
        .isEqualTo("2");
    call("createDatabase", "POST", "/v1/databases", "{\"name\":\"shop\"}", 409);
    JsonNode shop = call("getDatabase", "GET", "/v1/databases/shop", null, 200);
    assertThat(shop.path("suspend_after").asString()).isEqualTo("90s");
    assertThat(shop.has("expires_at")).isTrue();
    call("getDatabase", "GET", "/v1/databases/none", null, 404);
    call("listDatabases", "GET", "/v1/databases?limit=1", null, 200);
    JsonNode updated = call("updateDatabase", "PATCH", "/v1/databases/shop",
        "{\"ttl\":\"7d\",\"suspend_after\":\"2min\"}", 200);
    assertThat(updated.path("database").path("suspend_after").asString()).isEqualTo("2min");
    call("updateDatabase", "PATCH", "/v1/databases/shop", "{\"ttl\":\"never\"}", 422);
    JsonNode late = call("createDatabase", "POST", "/v1/databases",
        "{\"name\":\"late\",\"suspend_after\":\"9999d\"}", 422);
    assertThat(late.path("detail").asString()).contains("suspend_after");
    call("wakeDatabase", "POST", "/v1/databases/shop/wake", null, 200);

    checkpoints();

    call("suspendDatabase", "POST", "/v1/databases/shop/suspend", null, 200);
    call("listPlans", "GET", "/v1/plans", null, 200);
    call("getUsage", "GET", "/v1/usage", null, 200);
    call("listBudgets", "GET", "/v1/budgets", null, 200);
    credentials();
    call("listEvents", "GET", "/v1/events?limit=2", null, 200);
    call("dropDatabase", "DELETE", "/v1/databases/shop?force=true", null, 204);
    call("dropDatabase", "DELETE", "/v1/databases/shop", null, 404);

    Set<String> documented = new TreeSet<>();
    document.path("paths")
        .forEach(path -> path
            .forEach(operation -> documented.add(operation.path("operationId").asString())));
    assertThat(called).isEqualTo(documented);
  }

  private void checkpoints() throws Exception {
    call("createCheckpoint", "POST", "/v1/databases/shop/checkpoints", "{\"name\":\"first\"}", 201);
    JsonNode list = call("listCheckpoints", "GET", "/v1/databases/shop/checkpoints", null, 200);
    assertThat(list.at("/items/0/name").asString()).isEqualTo("first");
    call("createBranch", "POST", "/v1/databases/shop/branches",
        "{\"name\":\"try1\",\"checkpoint\":\"first\"}", 201);
    JsonNode restored = call("restoreDatabase", "POST", "/v1/databases/shop/restore",
        "{\"checkpoint\":\"first\"}", 200);
    assertThat(restored.at("/before/kind").asString()).isEqualTo("restore");
    call("restoreDatabase", "POST", "/v1/databases/shop/restore", "{\"checkpoint\":\"x\"}", 404);
    call("dropCheckpoint", "DELETE", "/v1/databases/shop/checkpoints/first", null, 204);
  }

  private void credentials() throws Exception {
    JsonNode made = call("createCredential", "POST", "/v1/credentials",
        "{\"databases\":[\"shop\"],\"mode\":\"ro\",\"name\":\"a_reader\",\"ttl\":\"10min\","
            + "\"max_bytes_out\":\"10MB\"}",
        201);
    assertThat(Cli.query(made.path("connection_string").asString(), "select current_user"))
        .isEqualTo("a_reader");
    JsonNode shown = call("getCredential", "GET", "/v1/credentials/a_reader", null, 200);
    assertThat(shown.has("secret")).isFalse();
    call("listCredentials", "GET", "/v1/credentials", null, 200);
    call("createCredential", "POST", "/v1/credentials", "{\"databases\":[\"shop\"],\"sudo\":1}",
        400);
    rotatedAndNarrowed(made);
    call("revokeCredential", "DELETE", "/v1/credentials/a_reader", null, 204);
    call("revokeCredential", "DELETE", "/v1/credentials/a_none", null, 404);
  }

  private void rotatedAndNarrowed(JsonNode made) throws Exception {
    JsonNode rotated = call("rotateCredential", "POST", "/v1/credentials/a_reader/rotate", "{}",
        200);
    assertThat(rotated.path("secret").asString()).isNotEqualTo(made.path("secret").asString());
    for (JsonNode good : List.of(made, rotated)) {
      assertThat(Cli.query(good.path("connection_string").asString(), "select 5")).isEqualTo("5");
    }
    JsonNode last = call("rotateCredential", "POST", "/v1/credentials/a_reader/rotate",
        "{\"drop_old\":true}", 200);
    assertThat(Cli.query(last.path("connection_string").asString(), "select 6")).isEqualTo("6");
    assertThatThrownBy(() -> Cli.query(rotated.path("connection_string").asString(), "select 7"))
        .isInstanceOfSatisfying(SQLException.class,
            e -> assertThat(e.getSQLState()).isEqualTo("28P01"));

    JsonNode part = call("narrowCredential", "POST", "/v1/credentials/a_reader/narrow",
        "{\"name\":\"a_part\",\"max_bytes_out\":\"1MB\"}", 201);
    assertThat(part.path("parent").asString()).isEqualTo("a_reader");
    assertThat(Cli.query(part.path("connection_string").asString(), "select current_user"))
        .isEqualTo("a_part");
    call("narrowCredential", "POST", "/v1/credentials/a_reader/narrow", "{\"mode\":\"rw\"}", 403);
    JsonNode less = call("narrowCredentialInPlace", "PATCH", "/v1/credentials/a_reader",
        "{\"max_bytes_out\":\"2kB\"}", 200);
    assertThat(less.at("/limits/max_bytes_out").asString()).isEqualTo("2kB");
    assertThat(less.has("secret")).isFalse();
    assertThat(call("getCredential", "GET", "/v1/credentials/a_part", null, 200)
        .at("/limits/max_bytes_out")
        .asString()).isEqualTo("2kB");
  }

  @Test
  void neither_kind_of_key_opens_what_the_other_does() throws Exception {
    assertThat(cli.run("create", "both").exitCode()).isZero();
    String url = cli.run("url", "both").out().strip();
    String secret = URI.create(url).getUserInfo().split(":", 2)[1];

    HttpResponse<String> answer = client.send(HttpRequest.newBuilder(at("/v1/databases"))
        .header("Authorization", "Bearer " + secret)
        .build(), BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body()).contains("secret of a credential").doesNotContain(secret);
    assertThat(Cli.query(url, "select 1")).isEqualTo("1");
    assertThatThrownBy(() -> Cli.query(url.replace(secret, key), "select 1"))
        .isInstanceOfSatisfying(SQLException.class,
            e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
    assertThat(cli.run("drop", "both").exitCode()).isZero();
  }

  @Test
  void a_lost_answer_can_be_had_again_with_its_connection_string() throws Exception {
    Map<String, String> again = Map.of("Idempotency-Key", "lost-1");
    HttpResponse<String> first = send("POST", "/v1/databases",
        "{\"name\":\"once\",\"ttl\":\"2h\"}", again);
    HttpResponse<String> second = send("POST", "/v1/databases",
        "{\"ttl\":\"2h\", \"name\":\"once\"}", again);
    HttpResponse<String> other = send("POST", "/v1/databases", "{\"name\":\"twice\"}", again);

    assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(second.headers().firstValue("Idempotency-Replayed")).contains("true");
    assertThat(other.statusCode()).isEqualTo(422);
    assertThat(Cli.query(JsonMapper.shared()
        .readTree(second.body())
        .path("connection_string")
        .asString(), "select 3")).isEqualTo("3");
    assertThat(cli.run("list").out()).contains("once").doesNotContain("twice");
    assertThat(cli.run("drop", "once").exitCode()).isZero();
  }

  @Test
  void keys_are_listed_without_their_text_and_end_when_revoked() throws Exception {
    String brief = cli.run("key", "create", "brief", "--scopes", "databases:read", "--ttl", "1h")
        .out()
        .strip();
    HttpResponse<String> before = get(brief);

    assertThat(brief).matches("rk_[0-9A-Za-z]{49}");
    assertThat(before.statusCode()).isEqualTo(200);
    assertThat(cli.run("key", "list").out()).contains("brief", "databases:read")
        .doesNotContain("rk_");
    assertThat(cli.run("key", "create", "brief", "--scopes", "usage:read").exitCode())
        .isEqualTo(5);
    assertThat(cli.run("key", "create", "wide", "--scopes", "all").err()).contains("sql:run");
    assertThat(cli.run("key", "revoke", "brief").exitCode()).isZero();
    assertThat(get(brief).statusCode()).isEqualTo(401);
    assertThat(cli.run("key", "revoke", "none").exitCode()).isEqualTo(4);
  }

  private HttpResponse<String> get(String bearer) throws Exception {
    return client.send(HttpRequest.newBuilder(at("/v1/databases"))
        .header("Authorization", "Bearer " + bearer)
        .build(), BodyHandlers.ofString());
  }

  /** Calls an operation, and holds the answer against what the document says of it. */
  private JsonNode call(String id, String method, String path, @Nullable String body, int status)
      throws Exception {
    HttpResponse<String> answer = send(method, path, body, Map.of());
    assertThat(answer.statusCode()).as("%s: %s", id, answer.body()).isEqualTo(status);
    called.add(id);
    JsonNode operation = operation(id);
    JsonNode response = operation.path("responses").path(String.valueOf(status));
    assertThat(response.isMissingNode()).as("%s may answer %d", id, status).isFalse();
    if (response.has("$ref")) {
      response = document.at(response.path("$ref").asString().substring(1));
    }
    JsonNode content = response.path("content");
    if (content.isMissingNode()) {
      assertThat(answer.body()).isEmpty();
      return JsonMapper.shared().createObjectNode();
    }
    String type = answer.headers().firstValue("Content-Type").orElse("").split(";", 2)[0];
    assertThat(content.has(type)).as("%s answers %s", id, type).isTrue();
    JsonNode json = JsonMapper.shared().readTree(answer.body());
    assertThat(schema(content.path(type).path("schema")).validate(json)).as(id).isEmpty();
    return json;
  }

  private JsonNode operation(String id) {
    for (JsonNode path : document.path("paths")) {
      for (JsonNode operation : path) {
        if (operation.path("operationId").asString("").equals(id)) {
          return operation;
        }
      }
    }
    throw new AssertionError("the document has no " + id);
  }

  private Schema schema(JsonNode reference) {
    ObjectNode whole = ((ObjectNode) reference).deepCopy();
    whole.set("components", document.path("components"));
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(whole.toString(), InputFormat.JSON);
  }

  private HttpResponse<String> send(String method, String path, @Nullable String body,
      Map<String, String> headers) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(at(path))
        .header("Authorization", "Bearer " + key)
        .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    headers.forEach(request::header);
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private URI at(String path) {
    return URI.create("http://127.0.0.1:" + cli.httpPort + path);
  }
}
