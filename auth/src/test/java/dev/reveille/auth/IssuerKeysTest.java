package dev.reveille.auth;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.reveille.auth.TokenStep.Proven;
import dev.reveille.auth.TokenStep.Refused;
import dev.reveille.auth.TokenStep.Unavailable;
import java.time.Duration;
import java.util.Date;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** When the keys of an issuer are read, and how long they serve. */
class IssuerKeysTest {
  private Tokens tokens;
  private TokenVerifier verifier;

  @BeforeEach
  void start() throws Exception {
    tokens = new Tokens();
    verifier = tokens.verifier(Tokens.SHOP);
  }

  private TokenStep verify() throws Exception {
    return verify(tokens.ec);
  }

  private TokenStep verify(ECKey key) throws Exception {
    var claims = tokens.claims()
        .expirationTime(Date.from(tokens.now().plus(Duration.ofDays(1))));
    return verifier.verify(Tokens.signed(
        new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
        new ECDSASigner(key), claims), "a_shop").toCompletableFuture().join();
  }

  @Test
  void they_are_read_once_for_many_tokens() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(verify()).isInstanceOf(Proven.class);
    }
    assertThat(tokens.readings).isEqualTo(1);
  }

  @Test
  void a_new_key_is_found_when_a_token_names_it() throws Exception {
    verify();
    var fresh = new ECKeyGenerator(Curve.P_256).keyID("fresh").generate();
    tokens.published.add(fresh);
    tokens.pass(IssuerKeys.PAUSE);

    assertThat(verify(fresh)).isInstanceOf(Proven.class);
    assertThat(tokens.readings).isEqualTo(2);
  }

  @Test
  void tokens_that_name_unknown_keys_do_not_make_the_proxy_ask_again_and_again()
      throws Exception {
    var stranger = new ECKeyGenerator(Curve.P_256).keyID("stranger").generate();
    for (int i = 0; i < 20; i++) {
      assertThat(verify(stranger)).isEqualTo(new Refused(TokenRefusal.UNKNOWN_KEY));
    }
    assertThat(tokens.readings).isEqualTo(1);
    tokens.pass(IssuerKeys.PAUSE);
    verify(stranger);
    verify(stranger);
    assertThat(tokens.readings).isEqualTo(2);
  }

  @Test
  void a_key_that_is_taken_back_is_refused_when_the_keys_are_no_longer_fresh() throws Exception {
    verify();
    tokens.published.remove(tokens.ec);
    tokens.pass(IssuerKeys.FRESH);

    assertThat(verify()).isEqualTo(new Refused(TokenRefusal.UNKNOWN_KEY));
  }

  @Test
  void known_keys_serve_while_the_issuer_is_away_and_not_for_ever() throws Exception {
    verify();
    tokens.away = true;
    tokens.pass(IssuerKeys.STALE.minusSeconds(1));
    assertThat(verify()).isInstanceOf(Proven.class);
    tokens.pass(Duration.ofSeconds(1));
    assertThat(verify()).isEqualTo(new Unavailable());

    tokens.away = false;
    tokens.pass(IssuerKeys.PAUSE);
    assertThat(verify()).isInstanceOf(Proven.class);
  }

  @Test
  void an_issuer_that_was_never_reached_proves_nothing() throws Exception {
    tokens.away = true;
    assertThat(verify()).isEqualTo(new Unavailable());
    assertThat(verify()).isEqualTo(new Unavailable());
    assertThat(tokens.readings).isEqualTo(1);
  }
}
