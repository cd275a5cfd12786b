package dev.reveille.proxy.api;

import dev.reveille.auth.Secret;
import dev.reveille.cell.AccountId;
import dev.reveille.cell.ApiKeyTable;
import dev.reveille.cell.ApiScope;
import dev.reveille.proxy.api.DatabaseBodies.CreateCheckpointRequest;
import dev.reveille.proxy.api.DatabaseBodies.Done;
import dev.reveille.proxy.operations.OperationFailure;
import dev.reveille.proxy.operations.Requester;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class ApiTest {
  private static final String BEARER = "Authorization";
  private final AccountId account = AccountId.random();
  private final Given.MemoryKeys table = new Given.MemoryKeys();
  private final Keys keys = new Keys(table, new Random(5), InstantSource.fixed(Given.NOW));
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger done = new AtomicInteger();
  private final Operation operation = Operation
      .post("/v1/test", "test", "A test", 201)
      .needs(ApiScope.DATABASES_WRITE)
      .takes(CreateCheckpointRequest.class)
      .answers(Done.class)
      .repeatable()
      .by(this::carryOut);
  private final Api api = Given.api(List.of(operation), table, nanos::get, 3);

  private Reply carryOut(Call call) {
    CreateCheckpointRequest body = call.body(CreateCheckpointRequest.class);
    if ("refused".equals(body.name())) {
      throw new OperationFailure(OperationFailure.Kind.EXISTS, "it is there", "take another");
    }
    return Reply.made(new Done("done " + done.incrementAndGet()), "/v1/test/1");
  }

  @Test
  void a_call_without_a_key_or_with_a_bad_one_is_challenged() {
    String secret = Secret.generate(new Random(1)).reveal();

    ApiAnswer none = api.answer(operation, Given.request(Map.of(), "{}"));
    ApiAnswer bad = call("rk_" + "0".repeat(49), "{}");
    ApiAnswer connection = call(secret, "{}");

    assertThat(none.status()).isEqualTo(401);
    assertThat(none.headers()).containsEntry("WWW-Authenticate", "Bearer");
    assertThat(bad.status()).isEqualTo(401);
    assertThat(bad.headers()).containsEntry("WWW-Authenticate", "Bearer error=\"invalid_token\"");
    assertThat(connection.status()).isEqualTo(401);
    assertThat(text(connection)).contains("secret of a credential").doesNotContain(secret);
    assertThat(done).hasValue(0);
  }

  @Test
  void a_revoked_key_opens_nothing_from_then_on() {
    String key = key("databases:write");
    assertThat(call(key, "{}").status()).isEqualTo(201);

    keys.revoke(new Requester(account, "test", false), "test");

    assertThat(call(key, "{}").status()).isEqualTo(401);
    assertThat(text(call(key, "{}"))).contains("revoked", "28000");
  }

  @Test
  void an_address_that_brings_bad_keys_has_to_wait_but_not_the_good_key_beside_it() {
    String good = key("databases:write");
    assertThat(call(good, "{}").status()).isEqualTo(201);
    for (int i = 0; i < 10; i++) {
      assertThat(call("rk_x", "{}").status()).isEqualTo(401);
    }

    ApiAnswer waits = call("rk_x", "{}");

    assertThat(waits.status()).isEqualTo(429);
    assertThat(Integer.parseInt(waits.headers().get("Retry-After"))).isPositive();
    assertThat(call(good, "{}").status()).isEqualTo(201);
    nanos.addAndGet(Duration.ofMinutes(2).toNanos());
    assertThat(call("rk_x", "{}").status()).isEqualTo(401);
  }

  @Test
  void a_key_without_the_scope_is_told_which() {
    ApiAnswer answer = call(key("databases:read"), "{}");

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.headers().get("WWW-Authenticate")).contains("insufficient_scope",
        "databases:write");
  }

  @Test
  void a_key_has_so_many_calls_a_minute() {
    String key = key("databases:write");
    ApiAnswer first = call(key, "{}");
    call(key, "{}");
    call(key, "{}");

    ApiAnswer refused = call(key, "{}");

    assertThat(first.headers()).containsEntry("RateLimit", "\"key\";r=2;t=20")
        .containsEntry("RateLimit-Policy", "\"key\";q=3;w=60");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.headers()).containsEntry("Retry-After", "20");
    assertThat(done).hasValue(3);
    nanos.addAndGet(Duration.ofSeconds(20).toNanos());
    assertThat(call(key, "{}").status()).isEqualTo(201);
  }

  @Test
  void a_body_that_is_not_as_described_says_where() {
    String key = key("databases:write");

    ApiAnswer unknown = call(key, "{\"name\":\"a\",\"colour\":1}");
    ApiAnswer twice = call(key, "{\"name\":\"a\",\"name\":\"b\"}");
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    ApiAnswer mistyped = call(key, "{\"name\":7}");
    ApiAnswer long_ = call(key, "{\"name\":\"" + "a".repeat(70_000) + "\"}");
    ApiAnswer form = api.answer(operation,
        Given.request(Map.of(BEARER, "Bearer " + key, "Content-Type", "text/plain"), "{}"));

    assertThat(unknown.status()).isEqualTo(400);
    assertThat(unknown.contentType()).isEqualTo("application/problem+json");
    assertThat(text(unknown)).contains("colour");
    assertThat(twice.status()).isEqualTo(400);
    assertThat(mistyped.status()).isEqualTo(400);
    assertThat(json(mistyped).at("/errors/0/at").asString()).contains("name");
    assertThat(long_.status()).isEqualTo(413);
    assertThat(form.status()).isEqualTo(415);
    assertThat(done).hasValue(0);
  }

  @Test
  void the_same_call_again_gives_the_same_answer_and_does_nothing() {
    String key = key("databases:write");

    ApiAnswer first = call(key, "{\"name\":\"a\"}", "k1");
    ApiAnswer again = call(key, "{ \"name\" : \"a\" }", "k1");
    ApiAnswer other = call(key, "{\"name\":\"b\"}", "k1");

    assertThat(text(again)).isEqualTo(text(first)).contains("done 1");
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.headers()).containsEntry("Idempotency-Replayed", "true")
        .containsEntry("Location", "/v1/test/1");
    assertThat(other.status()).isEqualTo(422);
    assertThat(done).hasValue(1);
    byte[] kept = Objects.requireNonNull(table.answers.get("k1")).answer().orElseThrow();
    assertThat(new String(kept, StandardCharsets.ISO_8859_1)).doesNotContain("done");
  }

  @Test
  void what_was_refused_may_be_tried_again_with_the_same_idempotency_key() {
    String key = key("databases:write");

    ApiAnswer refused = call(key, "{\"name\":\"refused\"}", "k1");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(json(refused).path("sqlstate").asString()).isEqualTo("42710");
    assertThat(json(refused).path("hint").asString()).isEqualTo("take another");
    assertThat(call(key, "{\"name\":\"fine\"}", "k1").status()).isEqualTo(201);
  }

  @Test
  void the_same_call_at_the_same_time_is_told_to_ask_again() {
    String key = key("databases:write");
    ApiAnswer first = call(key, "{}", "k1");
    table.answers.computeIfPresent("k1",
        (same, kept) -> new ApiKeyTable.KeptAnswer(kept.request(), Optional.empty()));

    ApiAnswer meanwhile = call(key, "{}", "k1");

    assertThat(first.status()).isEqualTo(201);
    assertThat(meanwhile.status()).isEqualTo(409);
    assertThat(meanwhile.headers()).containsEntry("Retry-After", "1");
    assertThat(done).hasValue(1);
  }

  @Test
  void what_there_is_not_is_a_problem_too() {
    assertThat(api.nothing("PUT", "/v1/databases/x").status()).isEqualTo(405);
    assertThat(api.nothing("PUT", "/v1/databases/x").headers())
        .containsEntry("Allow", "DELETE, GET, PATCH");
    assertThat(api.nothing("GET", "/v1/nothing").status()).isEqualTo(404);
  }

  private String key(String scope) {
    return String.valueOf(keys.create(new Requester(account, "test", false), "test",
        List.of(scope), Optional.empty()).secret());
  }

  private ApiAnswer call(String key, String body) {
    return api.answer(operation, Given.request(
        Map.of(BEARER, "Bearer " + key, "Content-Type", "application/json"), body));
  }

  private ApiAnswer call(String key, String body, String idempotencyKey) {
    return api.answer(operation, Given.request(Map.of(BEARER, "Bearer " + key, "Content-Type",
        "application/json; charset=utf-8", "Idempotency-Key", idempotencyKey), body));
  }

  private static String text(ApiAnswer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private static JsonNode json(ApiAnswer answer) {
    return JsonMapper.shared().readTree(answer.body());
  }
}
