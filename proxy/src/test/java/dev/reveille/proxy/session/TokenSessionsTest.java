package dev.reveille.proxy.session;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.reveille.auth.OauthBearer;
import dev.reveille.auth.TokenIssuer;
import dev.reveille.auth.TokenVerifier;
import dev.reveille.cell.Mode;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.BackendMessage.AuthenticationCleartext;
import dev.reveille.wire.BackendMessage.AuthenticationSasl;
import dev.reveille.wire.BackendMessage.AuthenticationSaslContinue;
import dev.reveille.wire.BackendMessage.AuthenticationSaslFinal;
import dev.reveille.wire.BackendMessage.ErrorResponse;
import dev.reveille.wire.BackendMessage.ReadyForQuery;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.FrontendMessages;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Tokens as passwords and by OAUTHBEARER, over real sockets and to a real Postgres. */
class TokenSessionsTest {
  private static final TokenIssuer PEOPLE = new TokenIssuer("https://login.example.org",
      "reveille", "a_people",
      new TokenIssuer.Claims("sub", Optional.of("db_mode"), Optional.of("dbs")), "openid");
  /** Allows plaintext, which a listener for tokens refuses all the same. */
  private static final SessionSettings LENIENT = new SessionSettings(Duration.ofSeconds(20),
      Duration.ofMillis(50), Duration.ofSeconds(20), Duration.ofMillis(50), Duration.ofMillis(5),
      Duration.ofMillis(50), true, 64 * 1024, 1000, 1000);
  private static @Nullable ECKey key;
  private @Nullable TestProxy started;

  @BeforeAll
  static void makeKey() throws Exception {
    key = new ECKeyGenerator(Curve.P_256).keyID("k").generate();
  }

  private TestProxy proxy(boolean bearer) {
    var verifier = new TokenVerifier(Map.of(PEOPLE, () -> new JWKSet(key).toString(true)),
        InstantSource.fixed(Given.NOW),
        System::nanoTime, work -> Thread.ofVirtual().start(work));
    var proxy = new TestProxy(LENIENT, false, new ProofDemand.Token(verifier,
        bearer ? Optional.of(OauthBearer.challenge(PEOPLE)) : Optional.empty()));
    proxy.directory.put(Given.credential("a_people"));
    started = proxy;
    return proxy;
  }

  @AfterEach
  void nothingIsLeft() {
    var proxy = started;
    if (proxy != null) {
      await().untilAsserted(() -> assertThat(proxy.sessions.count()).isZero());
      assertThat(proxy.sessions.held()).isZero();
      assertThat(proxy.heard.closed).hasSize(proxy.heard.opened.get());
      proxy.close();
    }
  }

  private static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder().issuer(PEOPLE.issuer())
        .audience("reveille")
        .subject("alice")
        .claim("db_mode", "ro")
        .claim("dbs", List.of("shop"))
        .expirationTime(Date.from(Given.NOW.plusSeconds(600)));
  }

  private static String signed(JWTClaimsSet.Builder claims, @Nullable ECKey by) throws Exception {
    var token = new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("k").build(),
        claims.build());
    token.sign(new ECDSASigner(by));
    return token.serialize();
  }

  private static String token() throws Exception {
    return signed(claims(), key);
  }

  private static RawClient asked(TestProxy proxy, String user) throws Exception {
    var client = new RawClient(proxy.port()).tls().startup(user, "shop");
    assertThat(client.read()).isEqualTo(new AuthenticationCleartext());
    return client;
  }

  private static ErrorFields refusal(TestProxy proxy, String user, String token)
      throws Exception {
    try (var client = asked(proxy, user)) {
      client.send(out -> FrontendMessages.password(out, token));
      return ((ErrorResponse) client.readTo(ErrorResponse.class).getLast()).fields();
    }
  }

  @Test
  void a_token_as_the_password_is_a_session_of_a_role_of_its_own() throws Exception {
    var proxy = proxy(false);
    try (var client = asked(proxy, "a_people")) {
      var token = token();
      client.send(out -> FrontendMessages.password(out, token));
      assertThat(client.readTo(ReadyForQuery.class))
          .hasAtLeastOneElementOfType(BackendMessage.AuthenticationOk.class)
          .doesNotHaveAnyElementsOfTypes(AuthenticationSaslFinal.class);
      client.send(FrontendMessages::terminate);
    }
    assertThat(proxy.computes.roles).singleElement().satisfies(role -> {
      assertThat(role.name()).matches("j_[a-z2-7]{24}");
      assertThat(role.mode()).isEqualTo(Mode.RO);
    });
  }

  @Test
  void what_proves_nothing_looks_the_same_for_every_login_and_wakes_nothing() throws Exception {
    var proxy = proxy(false);
    var stranger = new ECKeyGenerator(Curve.P_256).keyID("k").generate();
    for (var token : List.of(signed(claims(), stranger), "wk_secret", Given.SECRET.reveal(), "",
        signed(claims().issuer("https://elsewhere.example.org"), key))) {
      var known = refusal(proxy, "a_people", token);
      assertThat(known.sqlState()).isEqualTo("28P01");
      assertThat(known.message())
          .isEqualTo("password authentication failed for user \"a_people\"");
      assertThat(known.detail()).isEmpty();
      assertThat(refusal(proxy, "a_nobody", token).message().replace("a_nobody", "a_people"))
          .isEqualTo(known.message());
    }
    assertThat(refusal(proxy, "a_nobody", token()).sqlState()).isEqualTo("28P01");
    // A credential that is there, and no issuer's template.
    assertThat(refusal(proxy, "a_agent", token()).sqlState()).isEqualTo("28P01");
    assertThat(proxy.computes.wakes).isEmpty();
  }

  @Test
  void a_token_that_is_really_the_issuers_is_told_what_is_wrong_with_it() throws Exception {
    var proxy = proxy(false);
    for (var refused : Map.of("It has expired.",
        signed(claims().expirationTime(Date.from(Given.NOW)), key),
        "It is for another audience.", signed(claims().audience("other"), key),
        "The claim that names the mode is none of ro, rw, ddl.",
        signed(claims().claim("db_mode", "admin"), key),
        "The claim that names databases names one that does not exist.",
        signed(claims().claim("dbs", List.of("nope")), key)).entrySet()) {
      var told = refusal(proxy, "a_people", refused.getValue());
      assertThat(told.sqlState()).isEqualTo("28000");
      assertThat(told.message()).isEqualTo("the token is not accepted");
      assertThat(told.detail()).contains(refused.getKey());
    }
    assertThat(proxy.computes.wakes).isEmpty();
  }

  @Test
  void plaintext_is_refused_even_where_the_proxy_allows_it() throws Exception {
    for (var bearer : List.of(false, true)) {
      var proxy = proxy(bearer);
      try (var client = new RawClient(proxy.port()).startup("a_people", "shop")) {
        assertThat(client.read()).isInstanceOfSatisfying(ErrorResponse.class,
            error -> assertThat(error.fields().message()).isEqualTo("connection requires TLS"));
      }
      nothingIsLeft();
    }
  }

  @Test
  void a_live_session_ends_with_its_template() throws Exception {
    var proxy = proxy(false);
    try (var client = asked(proxy, "a_people")) {
      var token = token();
      client.send(out -> FrontendMessages.password(out, token));
      client.readTo(ReadyForQuery.class);

      proxy.directory.put(Given.revoked(Given.credential("a_people")));

      assertThat(((ErrorResponse) client.readTo(ErrorResponse.class).getLast()).fields()
          .sqlState()).isEqualTo("57P01");
      assertThat(client.ended()).isTrue();
    }
    await().untilAsserted(
        () -> assertThat(proxy.heard.closed).containsExactly(CloseReason.REVOKED));
  }

  @Test
  void oauthbearer_takes_a_token_in_its_first_message() throws Exception {
    var proxy = proxy(true);
    try (var client = offered(proxy)) {
      bearer(client, "Bearer " + token());
      assertThat(client.readTo(ReadyForQuery.class))
          .doesNotHaveAnyElementsOfTypes(AuthenticationSaslFinal.class);
      client.send(FrontendMessages::terminate);
    }
    assertThat(proxy.computes.roles).hasSize(1);
  }

  @Test
  void oauthbearer_says_where_to_get_a_token_and_then_fails() throws Exception {
    var proxy = proxy(true);
    for (var auth : List.of("", "Bearer wk_secret")) {
      try (var client = offered(proxy)) {
        bearer(client, auth);
        assertThat(client.read()).isInstanceOfSatisfying(AuthenticationSaslContinue.class,
            challenge -> assertThat(new String(challenge.data(), StandardCharsets.UTF_8))
                .contains("\"status\": \"invalid_token\"")
                .contains("https://login.example.org/.well-known/openid-configuration"));
        client.send(out -> FrontendMessages.saslResponse(out, new byte[]{1}));
        assertThat(((ErrorResponse) client.read()).fields().message())
            .isEqualTo("OAuth bearer authentication failed for user \"a_people\"");
        assertThat(client.ended()).isTrue();
      }
    }
    assertThat(proxy.computes.wakes).isEmpty();
  }

  private static RawClient offered(TestProxy proxy) throws Exception {
    var client = new RawClient(proxy.port()).tls().startup("a_people", "shop");
    assertThat(client.read()).isEqualTo(new AuthenticationSasl(List.of("OAUTHBEARER")));
    return client;
  }

  private static void bearer(RawClient client, String auth) throws Exception {
    var data = ("n,,\u0001auth=" + auth + "\u0001\u0001").getBytes(StandardCharsets.US_ASCII);
    client.send(out -> FrontendMessages.saslInitialResponse(out, "OAUTHBEARER", data));
  }
}
