package dev.reveille.auth;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.reveille.auth.TokenStep.Proven;
import dev.reveille.auth.TokenStep.Refused;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Each rule that a token must keep, with the token that breaks it and nothing else. */
class TokenVerifierTest {
  private Tokens tokens;
  private TokenVerifier verifier;

  @BeforeEach
  void start() throws Exception {
    tokens = new Tokens();
    verifier = tokens.verifier(Tokens.SHOP);
  }

  private TokenStep verify(String token) {
    return verifier.verify(token, "a_shop").toCompletableFuture().join();
  }

  private void refused(String token, TokenRefusal reason) {
    assertThat(verify(token)).isEqualTo(new Refused(reason));
  }

  @Test
  void a_good_token_says_who_and_until_when() throws Exception {
    var step = verify(tokens.signed(tokens.claims()));

    assertThat(step).isInstanceOfSatisfying(Proven.class, proven -> {
      assertThat(proven.subject()).isEqualTo("alice");
      assertThat(proven.expiresAt()).isEqualTo(tokens.now().plus(Duration.ofMinutes(10)));
      assertThat(proven.issuer()).isEqualTo(Tokens.SHOP);
      assertThat(proven.mode()).isEmpty();
      assertThat(proven.toString()).doesNotContain("alice");
    });
  }

  @Test
  void every_accepted_algorithm_is_verified() throws Exception {
    for (var algorithm : List.of(JWSAlgorithm.RS256, JWSAlgorithm.RS384, JWSAlgorithm.RS512,
        JWSAlgorithm.PS256, JWSAlgorithm.PS384, JWSAlgorithm.PS512)) {
      assertThat(verify(tokens.signedByRsa(algorithm))).as(algorithm.getName())
          .isInstanceOf(Proven.class);
    }
    for (var curve : List.of(Curve.P_256, Curve.P_384, Curve.P_521)) {
      var key = new ECKeyGenerator(curve).keyID(curve.getName()).generate();
      tokens.published.add(key);
      tokens.pass(IssuerKeys.PAUSE);
      var algorithm = new ECDSASigner(key).supportedJWSAlgorithms().iterator().next();
      assertThat(verify(Tokens.signed(
          new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), new ECDSASigner(key),
          tokens.claims()))).as(algorithm.getName()).isInstanceOf(Proven.class);
    }
  }

  @Test
  void ed25519_is_verified() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    byte[] info = pair.getPublic().getEncoded();
    tokens.published.add(new OctetKeyPair.Builder(Curve.Ed25519,
        Base64URL.encode(Arrays.copyOfRange(info, info.length - 32, info.length))).keyID("o")
        .build());
    String input = Base64URL.encode("{\"alg\":\"EdDSA\",\"kid\":\"o\"}") + "."
        + Base64URL.encode(tokens.claims().build().toString());
    Signature signature = Signature.getInstance("Ed25519");
    signature.initSign(pair.getPrivate());
    signature.update(input.getBytes(StandardCharsets.US_ASCII));
    byte[] made = signature.sign();

    assertThat(verify(input + "." + Base64URL.encode(made))).isInstanceOf(Proven.class);
    made[5] ^= 1;
    refused(input + "." + Base64URL.encode(made), TokenRefusal.BAD_SIGNATURE);
  }

  @Test
  void no_signature_is_no_signature() throws Exception {
    refused(new PlainJWT(tokens.claims().build()).serialize(), TokenRefusal.MALFORMED);
    String[] parts = tokens.signed(tokens.claims()).split("\\.", -1);
    refused(Base64URL.encode("{\"alg\":\"none\"}") + "." + parts[1] + ".", TokenRefusal.MALFORMED);
    refused(Base64URL.encode("{\"alg\":\"none\"}") + "." + parts[1] + "." + parts[2],
        TokenRefusal.MALFORMED);
    refused(parts[0] + "." + parts[1] + ".", TokenRefusal.MALFORMED);
  }

  @Test
  void a_public_key_is_not_taken_for_a_shared_secret() throws Exception {
    for (byte[] secret : List.of(tokens.rsa.toRSAPublicKey().getEncoded(),
        tokens.rsa.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8))) {
      refused(Tokens.signed(new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("r").build(),
          new MACSigner(secret), tokens.claims()), TokenRefusal.ALGORITHM);
    }
  }

  @Test
  void an_algorithm_of_another_kind_of_key_is_refused() throws Exception {
    String[] parts = tokens.signed(tokens.claims()).split("\\.", -1);
    String header = Base64URL.encode("{\"alg\":\"RS256\",\"kid\":\"e\"}").toString();
    refused(header + "." + parts[1] + "." + parts[2], TokenRefusal.UNKNOWN_KEY);
    refused(Tokens.signed(
        new JWSHeader.Builder(new JWSAlgorithm("ES256")).keyID("r").build(),
        new ECDSASigner(tokens.ec), tokens.claims()), TokenRefusal.UNKNOWN_KEY);
  }

  @Test
  void a_key_that_the_token_brings_along_is_not_looked_at() throws Exception {
    var mine = new ECKeyGenerator(Curve.P_256).keyID("e").generate();
    refused(Tokens.signed(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("e")
        .jwk(mine.toPublicJWK())
        .build(), new ECDSASigner(mine), tokens.claims()), TokenRefusal.BAD_SIGNATURE);
  }

  @Test
  void a_critical_header_is_refused() throws Exception {
    refused(Tokens.signed(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("e")
        .type(JOSEObjectType.JWT)
        .criticalParams(Set.of("exp"))
        .customParam("exp", 1)
        .build(), new ECDSASigner(tokens.ec), tokens.claims()), TokenRefusal.CRITICAL);
  }

  @Test
  void a_short_rsa_key_is_refused_although_it_is_published() throws Exception {
    var weak = new RSAKeyGenerator(1024, true).keyID("w").generate();
    tokens.published.add(weak);
    refused(Tokens.signed(new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("w").build(),
        new RSASSASigner(weak.toPrivateKey(), Set.of(AllowWeakRSAKey.getInstance())),
        tokens.claims()),
        TokenRefusal.BAD_SIGNATURE);
  }

  @Test
  void what_is_signed_cannot_be_changed() throws Exception {
    String[] parts = tokens.signed(tokens.claims()).split("\\.", -1);
    String other = Base64URL.encode(tokens.claims().subject("bob").build().toString()).toString();
    refused(parts[0] + "." + other + "." + parts[2], TokenRefusal.BAD_SIGNATURE);
  }

  @Test
  void the_issuer_must_be_exactly_the_configured_one() throws Exception {
    refused(tokens.signed(tokens.claims().issuer(Tokens.ISSUER + "/")),
        TokenRefusal.UNKNOWN_ISSUER);
    refused(tokens.signed(tokens.claims().issuer(null)), TokenRefusal.UNKNOWN_ISSUER);
  }

  @Test
  void the_audience_must_be_named() throws Exception {
    refused(tokens.signed(tokens.claims().audience("other")), TokenRefusal.WRONG_AUDIENCE);
    refused(tokens.signed(tokens.claims().audience((String) null)), TokenRefusal.WRONG_AUDIENCE);
  }

  @Test
  void a_token_has_an_end_and_is_worth_nothing_from_then_on() throws Exception {
    refused(tokens.signed(tokens.claims().expirationTime(null)), TokenRefusal.NO_EXPIRY);
    refused(tokens.signed(tokens.claims().expirationTime(Date.from(tokens.now()))),
        TokenRefusal.EXPIRED);
    String token = tokens.signed(tokens.claims());
    tokens.pass(Duration.ofMinutes(10).minusSeconds(1));
    assertThat(verify(token)).isInstanceOf(Proven.class);
    tokens.pass(Duration.ofSeconds(1));
    refused(token, TokenRefusal.EXPIRED);
  }

  @Test
  void a_token_of_the_future_is_refused_beyond_the_leeway() throws Exception {
    var within = Date.from(tokens.now().plus(TokenVerifier.LEEWAY));
    var beyond = Date.from(tokens.now().plus(TokenVerifier.LEEWAY).plusSeconds(1));
    assertThat(verify(tokens.signed(tokens.claims().notBeforeTime(within).issueTime(within))))
        .isInstanceOf(Proven.class);
    refused(tokens.signed(tokens.claims().notBeforeTime(beyond)), TokenRefusal.NOT_YET);
    refused(tokens.signed(tokens.claims().issueTime(beyond)), TokenRefusal.NOT_YET);
  }

  @Test
  void a_token_for_another_login_looks_like_a_wrong_password() throws Exception {
    String token = tokens.signed(tokens.claims());

    assertThat(verifier.verify(token, "a_other").toCompletableFuture().join())
        .isEqualTo(new Refused(TokenRefusal.OTHER_LOGIN));
    assertThat(TokenRefusal.OTHER_LOGIN.signed()).isFalse();
    assertThat(Arrays.stream(TokenRefusal.values()).filter(TokenRefusal::signed))
        .doesNotContain(TokenRefusal.BAD_SIGNATURE, TokenRefusal.UNKNOWN_KEY,
            TokenRefusal.UNKNOWN_ISSUER, TokenRefusal.ALGORITHM, TokenRefusal.MALFORMED,
            TokenRefusal.TOO_LONG, TokenRefusal.CRITICAL);
  }

  @Test
  void of_several_logins_of_an_issuer_the_one_that_is_asked_for_counts() throws Exception {
    var other = new TokenIssuer(Tokens.ISSUER, "elsewhere", "a_other", Tokens.SHOP.claims(),
        "openid");
    verifier = tokens.verifier(other, Tokens.SHOP);

    assertThat(verify(tokens.signed(tokens.claims()))).isInstanceOf(Proven.class);
    assertThat(verifier.verify(tokens.signed(tokens.claims()), "a_other")
        .toCompletableFuture()
        .join()).isEqualTo(new Refused(TokenRefusal.WRONG_AUDIENCE));
  }

  @Test
  void a_claim_that_is_configured_must_be_there() throws Exception {
    verifier = tokens.verifier(
        Tokens.issuer("a_shop", Optional.of("db_mode"), Optional.of("dbs")));
    JWTClaimsSet.Builder both = tokens.claims().claim("db_mode", "ro").claim("dbs", List.of("a"));

    assertThat(verify(tokens.signed(both))).isInstanceOfSatisfying(Proven.class, proven -> {
      assertThat(proven.mode()).contains("ro");
      assertThat(proven.databases()).contains(List.of("a"));
    });
    assertThat(verify(tokens.signed(both.claim("dbs", "a"))))
        .isInstanceOfSatisfying(Proven.class,
            proven -> assertThat(proven.databases()).contains(List.of("a")));
    refused(tokens.signed(both.claim("dbs", List.of())), TokenRefusal.NO_DATABASES);
    refused(tokens.signed(both.claim("dbs", null)), TokenRefusal.NO_DATABASES);
    refused(tokens.signed(both.claim("dbs", List.of("a", 1))), TokenRefusal.MALFORMED_CLAIMS);
    refused(tokens.signed(both.claim("dbs", 7)), TokenRefusal.MALFORMED_CLAIMS);
    refused(tokens.signed(both.claim("dbs", "a").claim("db_mode", null)), TokenRefusal.NO_MODE);
    refused(tokens.signed(both.claim("db_mode", 1)), TokenRefusal.MALFORMED_CLAIMS);
    refused(tokens.signed(both.claim("db_mode", "ro").subject(" ")), TokenRefusal.NO_SUBJECT);
    refused(tokens.signed(both.subject(null)), TokenRefusal.NO_SUBJECT);
  }

  @Test
  void an_oversized_token_and_noise_are_refused_before_anything_is_read() throws Exception {
    refused(tokens.signed(tokens.claims().claim("fill", "x".repeat(TokenVerifier.MAX_BYTES))),
        TokenRefusal.TOO_LONG);
    for (String noise : List.of("", ".", "..", "a.b.c", "\u0000", "e30.e30.e30", "wk_secret",
        "e30.W10.e30", "[".repeat(9000) + ".e30.e30")) {
      refused(noise, TokenRefusal.MALFORMED);
    }
    assertThat(tokens.readings).isZero();
  }
}
