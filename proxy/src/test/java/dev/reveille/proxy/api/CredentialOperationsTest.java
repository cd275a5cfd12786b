package dev.reveille.proxy.api;

import dev.reveille.auth.BadSecretLimiter;
import dev.reveille.auth.SharedKey;
import dev.reveille.cell.AccountId;
import dev.reveille.cell.catalog.CatalogSettings;
import dev.reveille.cell.catalog.PostgresCatalog;
import dev.reveille.proxy.audit.AuditEvent;
import dev.reveille.proxy.audit.AuditKind;
import dev.reveille.proxy.budget.AccountBudget;
import dev.reveille.proxy.operations.ConnectionStrings;
import dev.reveille.proxy.operations.Credentials;
import dev.reveille.proxy.operations.Requester;
import dev.reveille.proxy.relay.RealPostgres;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Two accounts on one real catalog: what calls about credentials do, and for whom. */
@SuppressWarnings("NullAway.Init")
@TestInstance(Lifecycle.PER_CLASS)
class CredentialOperationsTest {
  private final List<AuditEvent> events = new CopyOnWriteArrayList<>();
  private PostgresCatalog catalog;
  private Api api;
  private Keys keys;
  private String ours;
  private String theirs;

  @BeforeAll
  void open() throws Exception {
    try (var direct = RealPostgres.direct(); var statement = direct.createStatement()) {
      statement.execute("create database api_credentials");
    }
    catalog = new PostgresCatalog(new CatalogSettings(
        "postgresql://127.0.0.1:" + RealPostgres.port() + "/api_credentials",
        Optional.of("postgres"), Optional.of("postgres"), 4, Duration.ofSeconds(10),
        Duration.ofSeconds(10)));
    InstantSource clock = InstantSource.system();
    Credentials credentials = new Credentials(catalog,
        () -> new ConnectionStrings("localhost", 6432, Optional.empty()),
        () -> SharedKey.of(new byte[32]), new Random(7), clock, events::add,
        AccountBudget.UNLIMITED);
    List<Operation> operations = new CredentialOperations(() -> credentials).all();
    Gate gate = new Gate(catalog.apiKeys(),
        new BadSecretLimiter(BadSecretLimiter.Settings.DEFAULT, System::nanoTime), clock);
    api = new Api(gate, new KeyLimits(10_000, System::nanoTime), catalog.apiKeys(), new Random(7),
        clock, operations);
    keys = new Keys(catalog.apiKeys(), new Random(5), clock);
    ours = key(catalog.defaultAccount(), "ours", "credentials:read", "credentials:write");
    theirs = key(catalog.createAccount("others"), "theirs", "credentials:read",
        "credentials:write");
  }

  @AfterAll
  void close() {
    catalog.close();
  }

  @Test
  void a_rotation_gives_a_fresh_secret_once_and_keeps_the_last_one_unless_told_otherwise() {
    JsonNode made = made("rotated");

    JsonNode rotated = body(call("rotateCredential", ours, "rotated", "{}"), 200);
    JsonNode alone = body(call("rotateCredential", ours, "rotated", "{\"drop_old\":true}"), 200);
    ApiAnswer shown = call("getCredential", ours, "rotated", "");

    assertThat(rotated.path("secrets").asInt()).isEqualTo(2);
    assertThat(alone.path("secrets").asInt()).isEqualTo(1);
    assertThat(List.of(made, rotated, alone)).extracting(one -> one.path("secret").asString())
        .doesNotHaveDuplicates()
        .allSatisfy(secret -> {
          assertThat(secret).startsWith("wk_");
          assertThat(text(shown)).doesNotContain(secret);
        });
    assertThat(alone.path("connection_string").asString())
        .contains(alone.path("secret").asString());
    assertThat(events).filteredOn(event -> event.kind() == AuditKind.CREDENTIAL_ROTATED)
        .last()
        .asString()
        .contains("rotated", "ours");
  }

  @Test
  void a_credential_that_has_no_secret_is_not_rotated() {
    body(call("createCredential", ours, "",
        "{\"name\":\"bare\",\"all_databases\":true,\"no_secret\":true}"), 201);

    JsonNode refused = body(call("rotateCredential", ours, "bare", "{}"), 422);

    assertThat(refused.path("detail").asString()).contains("has no secret");
  }

  @Test
  void a_narrower_credential_has_a_secret_of_its_own_and_a_part_of_what_the_other_may() {
    JsonNode made = made("wide");

    ApiAnswer answer = call("narrowCredential", ours, "wide",
        "{\"name\":\"part\",\"max_bytes_out\":\"1MB\"}");
    JsonNode part = body(answer, 201);

    assertThat(answer.headers()).containsEntry("Location", "/v1/credentials/part");
    assertThat(part.path("parent").asString()).isEqualTo("wide");
    assertThat(part.at("/limits/max_bytes_out").asString()).isEqualTo("1MB");
    assertThat(part.path("secret").asString()).startsWith("wk_")
        .isNotEqualTo(made.path("secret").asString());
    assertThat(text(call("getCredential", ours, "part", "")))
        .doesNotContain(part.path("secret").asString());
    assertThat(body(call("narrowCredential", ours, "wide", "{\"name\":\"part\"}"), 409)
        .path("sqlstate")
        .asString()).isEqualTo("42710");
  }

  @Test
  void a_credential_that_is_narrowed_in_place_takes_its_children_along() {
    made("parent");
    body(call("narrowCredential", ours, "parent", "{\"name\":\"child\"}"), 201);

    JsonNode less = body(call("narrowCredentialInPlace", ours, "parent",
        "{\"max_bytes_out\":\"3MB\"}"), 200);

    assertThat(less.has("secret")).isFalse();
    assertThat(less.at("/limits/max_bytes_out").asString()).isEqualTo("3MB");
    assertThat(body(call("getCredential", ours, "child", ""), 200)
        .at("/limits/max_bytes_out")
        .asString()).isEqualTo("3MB");
    assertThat(events).filteredOn(event -> event.kind() == AuditKind.CREDENTIAL_NARROWED)
        .last()
        .asString()
        .contains("parent", "ours");
  }

  @ParameterizedTest
  @CsvSource({"narrowCredential", "narrowCredentialInPlace"})
  void what_is_wider_is_refused_field_by_field(String operation) {
    String name = operation.equals("narrowCredential") ? "small" : "small_in_place";
    made(name);

    JsonNode refused = body(call(operation, ours, name,
        "{\"mode\":\"ddl\",\"max_connections\":1000000}"), 403);

    assertThat(refused.path("sqlstate").asString()).isEqualTo("42501");
    assertThat(refused.path("detail").asString()).contains("mode (ddl, not within ro)",
        "max_connections");
  }

  @ParameterizedTest
  @CsvSource({"rotateCredential", "narrowCredential", "narrowCredentialInPlace",
      "getCredential", "revokeCredential"})
  void a_credential_of_another_account_is_as_one_that_there_is_not(String operation) {
    String name = "hidden_" + operation.toLowerCase(Locale.ROOT);
    made(name);

    ApiAnswer hidden = call(operation, theirs, name, "{}");
    ApiAnswer none = call(operation, theirs, "none", "{}");

    assertThat(body(hidden, 404)).isEqualTo(JsonMapper.shared()
        .readTree(text(none).replace("\\\"none\\\"", "\\\"" + name + "\\\"")));
    assertThat(none.status()).isEqualTo(404);
    JsonNode after = body(call("getCredential", ours, name, ""), 200);
    assertThat(after.path("state").asString()).isEqualTo("good");
    assertThat(after.path("secrets").asInt()).isEqualTo(1);
    assertThat(after.path("children")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"rotateCredential", "narrowCredential", "narrowCredentialInPlace"})
  void a_key_that_may_only_read_changes_nothing(String operation) {
    String name = "kept_" + operation.toLowerCase(Locale.ROOT);
    made(name);
    String reader = key(catalog.defaultAccount(), "reads_" + name, "credentials:read");

    ApiAnswer refused = call(operation, reader, name, "{}");

    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.headers().get("WWW-Authenticate")).contains("credentials:write");
    assertThat(body(call("getCredential", reader, name, ""), 200).path("secrets").asInt())
        .isEqualTo(1);
  }

  private JsonNode made(String name) {
    return body(call("createCredential", ours, "",
        "{\"name\":\"" + name + "\",\"all_databases\":true,\"max_bytes_out\":\"10MB\"}"), 201);
  }

  private String key(AccountId account, String name, String... scopes) {
    return String.valueOf(keys
        .create(new Requester(account, "test", false), name, List.of(scopes), Optional.empty())
        .secret());
  }

  private ApiAnswer call(String id, String key, String credential, String body) {
    Operation operation = api.operations()
        .stream()
        .filter(one -> one.id().equals(id))
        .findFirst()
        .orElseThrow();
    ApiRequest plain = Given.request(
        Map.of("Authorization", "Bearer " + key, "Content-Type", "application/json"), body);
    return api.answer(operation, new ApiRequest() {
      @Override
      public InetAddress client() {
        return plain.client();
      }

      @Override
      public Optional<String> header(String name) {
        return plain.header(name);
      }

      @Override
      public Map<String, String> path() {
        return credential.isEmpty() ? Map.of() : Map.of("credential", credential);
      }

      @Override
      public Map<String, List<String>> query() {
        return plain.query();
      }

      @Override
      public byte[] body(int most) {
        return plain.body(most);
      }
    });
  }

  private static JsonNode body(ApiAnswer answer, int status) {
    assertThat(answer.status()).as(text(answer)).isEqualTo(status);
    return JsonMapper.shared().readTree(answer.body());
  }

  private static String text(ApiAnswer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }
}
