package dev.reveille.auth;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** An issuer with keys of its own, and a verifier that trusts it. */
final class Tokens {
  static final String ISSUER = "https://login.example.org";
  static final TokenIssuer SHOP = issuer("a_shop", Optional.empty(), Optional.empty());

  final TestClock clock = new TestClock();
  final AtomicLong nanos = new AtomicLong();
  final RSAKey rsa;
  final ECKey ec;
  final List<JWK> published = new ArrayList<>();
  int readings;
  boolean away;

  Tokens() throws Exception {
    rsa = new RSAKeyGenerator(2048).keyID("r").generate();
    ec = new ECKeyGenerator(Curve.P_256).keyID("e").generate();
    published.add(rsa);
    published.add(ec);
  }

  static TokenIssuer issuer(String template, Optional<String> mode, Optional<String> databases) {
    return new TokenIssuer(ISSUER, "reveille", template,
        new TokenIssuer.Claims("sub", mode, databases), "openid");
  }

  TokenVerifier verifier(TokenIssuer... issuers) {
    Map<TokenIssuer, KeySource> sources = new java.util.LinkedHashMap<>();
    for (TokenIssuer issuer : issuers) {
      sources.put(issuer, this::keys);
    }
    return new TokenVerifier(sources, clock, nanos::get, Runnable::run);
  }

  private String keys() throws IOException {
    readings++;
    if (away) {
      throw new IOException("away");
    }
    return new JWKSet(published).toString(true);
  }

  void pass(Duration time) {
    clock.pass(time);
    nanos.addAndGet(time.toNanos());
  }

  Instant now() {
    return clock.instant();
  }

  /** What a good token says. */
  JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder().issuer(ISSUER)
        .audience(List.of("other", "reveille"))
        .subject("alice")
        .issueTime(Date.from(now()))
        .expirationTime(Date.from(now().plus(Duration.ofMinutes(10))));
  }

  String signed(JWTClaimsSet.Builder claims) throws Exception {
    return signed(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("e").build(),
        new ECDSASigner(ec), claims);
  }

  String signedByRsa(JWSAlgorithm algorithm) throws Exception {
    return signed(new JWSHeader.Builder(algorithm).keyID("r").build(), new RSASSASigner(rsa),
        claims());
  }

  static String signed(JWSHeader header, JWSSigner signer, JWTClaimsSet.Builder claims)
      throws Exception {
    var token = new SignedJWT(header, claims.build());
    token.sign(signer);
    return token.serialize();
  }
}
