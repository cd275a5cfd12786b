package dev.reveille.auth;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.reveille.auth.Talk.bytes;
import static dev.reveille.auth.Talk.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Figures that others have published or made: RFC 7677 and PostgreSQL itself. */
class ScramVectorTest {
  private static final Secret PENCIL = Secret.ofText("pencil");
  private static final byte[] SALT = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
  private static final String CLIENT_NONCE = "rOprNGfwEbeRWgbNEkqO";
  private static final String SERVER_NONCE = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  private static final String SERVER_FIRST = "r=" + CLIENT_NONCE + SERVER_NONCE
      + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
  private static final String CLIENT_FINAL = "c=biws,r=" + CLIENT_NONCE + SERVER_NONCE
      + ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
  private static final String SERVER_FINAL = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

  @Test
  void the_proxys_side_says_what_rfc_7677_says() {
    JudgedExchange exchange = new JudgedExchange(List.of(ScramVerifier.of(PENCIL, SALT, 4096)),
        Optional.empty(), false,
        () -> SERVER_NONCE, ScramPrimitives.SHA_256);

    ScramStep first = exchange.first("SCRAM-SHA-256", bytes("n,,n=user,r=" + CLIENT_NONCE));
    ScramStep last = exchange.last(bytes(CLIENT_FINAL));

    assertThat(text(Talk.challenge(first))).isEqualTo(SERVER_FIRST);
    assertThat(last).isInstanceOfSatisfying(ScramStep.Proven.class,
        proven -> assertThat(text(proven.serverFinal())).isEqualTo(SERVER_FINAL));
  }

  @Test
  void the_clients_side_says_what_rfc_7677_says() {
    ScramClient client = new ScramClient(PENCIL, "SCRAM-SHA-256", "n", new byte[0], "user",
        CLIENT_NONCE);

    assertThat(text(client.clientFirst())).isEqualTo("n,,n=user,r=" + CLIENT_NONCE);
    assertThat(text(client.clientFinal(bytes(SERVER_FIRST)))).isEqualTo(CLIENT_FINAL);
    client.verify(bytes(SERVER_FINAL));
  }

  /** Made by PostgreSQL 15 with {@code CREATE ROLE … PASSWORD}, read from {@code pg_authid.rolpassword}. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      pencil | HyBYl4A+tFzbyP/KU/zbuA== | bMKoxAxEaOhhsaNf1nWkDfKSsfJNZEbo2opAhklzofY= | WXB9NRqCV+nKBiqdHe2H80IDP/57xWvyCpcLe9Twx/8=
      I\u00ADX \u2168 cafe\u0301\u00A0\uFB01 | nCm1zFnNQILoizvvgcMyzg== | Mnu2HZzQpi0/J60f5tARbW3lkLWu9OcaIFs9fLOmF8c= | mImqxivHrFw6hiJy1p2Qz4uOvfclrYvlarEV/K/L+/4=
      \u06271 | BpeY/GwirSLhZSD2Px9Tmg== | KfiQqVXbJopLZKrpestZ8I2cdrkLyX+qRUO5DhBFLI8= | 3ZgN9ZFSXhuSm8Ema3W1SAzFCbpFy1UnhyQE7dymdf4=
      """)
  void verifiers_are_those_that_postgres_makes(String password, String salt, String storedKey,
      String serverKey) {
    String rolpassword = "SCRAM-SHA-256$4096:" + salt + "$" + storedKey + ":" + serverKey;

    ScramVerifier ours = ScramVerifier.of(Secret.ofText(password), Base64.getDecoder().decode(salt),
        4096);

    assertThat(ours.encoded()).isEqualTo(rolpassword);
    assertThat(ScramVerifier.parse(rolpassword)).isEqualTo(ours);
    assertThat(ScramVerifier.parse(rolpassword).encoded()).isEqualTo(rolpassword);
    assertThat(ScramVerifier.parse(rolpassword).matches(Secret.ofText(password))).isTrue();
    assertThat(ScramVerifier.parse(rolpassword).matches(Secret.ofText("pen"))).isFalse();
  }

  /** Made by PostgreSQL 15 for a role {@code m} with {@code password_encryption = md5}. */
  @Test
  void an_md5_answer_fits_what_postgres_stores() throws Exception {
    byte[] salt = {1, 2, 3, 4};
    byte[] stored = bytes("8bbf3f45673bf67d02e4214911f3417f");
    MessageDigest digest = MessageDigest.getInstance("MD5");
    digest.update(stored);

    String expected = "md5" + HexFormat.of().formatHex(digest.digest(salt));

    assertThat(Md5Password.response("m", PENCIL, salt)).isEqualTo(expected);
    assertThatThrownBy(() -> Md5Password.response("m", PENCIL, new byte[5]))
        .hasMessageContaining("4 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "pencil", "md58bbf3f45673bf67d02e4214911f3417f",
      "SCRAM-SHA-256$0:c2FsdA==$a:b",
      "SCRAM-SHA-1$4096:HyBYl4A+tFzbyP/KU/zbuA==$bMKoxAxEaOhhsaNf1nWkDfKSsfJNZEbo2opAhklzofY=:WXB9NRqCV+nKBiqdHe2H80IDP/57xWvyCpcLe9Twx/8=",
      "SCRAM-SHA-256$4096:HyBYl4A+tFzbyP/KU/zbuA==$bMKoxAxEaOhhsaNf1nWkDfKSsfJNZEbo2opAhklzofY=:WXB9NRqCV+nKBiqdHe2H80IDP/57xWvyCpcLe9Twx/8=x",
      "SCRAM-SHA-256$4096:====$bMKoxAxEaOhhsaNf1nWkDfKSsfJNZEbo2opAhklzofY=:WXB9NRqCV+nKBiqdHe2H80IDP/57xWvyCpcLe9Twx/8="})
  void what_is_no_verifier_is_refused_without_being_quoted(String text) {
    assertThatThrownBy(() -> ScramVerifier.parse(text)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("WXB9")
        .hasMessageNotContaining("8bbf");
  }

  @Test
  void a_verifier_does_not_show_itself() {
    assertThat(ScramVerifier.of(PENCIL, SALT, 16)).hasToString("ScramVerifier[redacted]");
  }
}
