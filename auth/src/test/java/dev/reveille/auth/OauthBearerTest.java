package dev.reveille.auth;

import dev.reveille.auth.OauthBearer.Discovery;
import dev.reveille.auth.OauthBearer.Malformed;
import dev.reveille.auth.OauthBearer.Token;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class OauthBearerTest {
  private static OauthBearer.First first(String text) {
    return OauthBearer.first("OAUTHBEARER",
        text.replace('|', (char) 1).getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void a_token_is_found_among_other_pairs() {
    assertThat(first("n,,|auth=Bearer abc.def.ghi||")).isEqualTo(new Token("abc.def.ghi"));
    assertThat(first("y,,|host=h|port=1|auth=bearer  abc||")).isEqualTo(new Token("abc"));
    assertThat(new Token("secret").toString()).doesNotContain("secret");
  }

  @Test
  void no_token_asks_where_to_get_one() {
    assertThat(first("n,,|auth=||")).isEqualTo(new Discovery());
    assertThat(new String(OauthBearer.challenge(Tokens.SHOP), StandardCharsets.UTF_8)).isEqualTo(
        "{ \"status\": \"invalid_token\", \"openid-configuration\":"
            + " \"https://login.example.org/.well-known/openid-configuration\","
            + " \"scope\": \"openid\" }");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "p=tls-server-end-point,,|auth=Bearer a||", "x,,|auth=Bearer a||",
      "n", "n,", "n,,", "n,,auth=Bearer a||", "n,,|auth=Bearer a", "n,,|auth=Bearer a|",
      "n,,|auth=Bearer a|||", "n,,|auth=Bearer a||x", "n,,|host=h||", "n,,||", "n,,|auth||",
      "n,,|auth=Bearer a|auth=Bearer b||", "n,,|=x||", "n,,|a1=x|auth=Bearer a||",
      "n,,|auth=Basic a||", "n,,|auth=Bearer ||", "n,,|auth=Bearer a\u0007||",
      "n,,|auth=Bearer \u00e4||", "n,,|auth=Bearer a\u0000||"})
  void what_is_not_exactly_the_form_is_malformed(String text) {
    assertThat(first(text)).isInstanceOfSatisfying(Malformed.class,
        told -> assertThat(told.sqlState()).isEqualTo("08P01"));
  }

  @Test
  void other_identities_other_mechanisms_and_endless_messages_are_refused() {
    assertThat(first("n,a=bob,|auth=Bearer a||")).isInstanceOfSatisfying(Malformed.class,
        told -> assertThat(told.sqlState()).isEqualTo("0A000"));
    assertThat(OauthBearer.first("SCRAM-SHA-256", new byte[]{'n'}))
        .isInstanceOf(Malformed.class);
    assertThat(first("n,,|auth=Bearer " + "a".repeat(OauthBearer.MAX_BYTES) + "||"))
        .isInstanceOf(Malformed.class);
  }

  @Test
  void only_one_separator_acknowledges() {
    assertThat(OauthBearer.acknowledges(new byte[]{1})).isTrue();
    assertThat(OauthBearer.acknowledges(new byte[]{1, 1})).isFalse();
    assertThat(OauthBearer.acknowledges(new byte[0])).isFalse();
  }
}
