package dev.reveille.auth;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.reveille.auth.ScramMechanism.SCRAM_SHA_256;
import static dev.reveille.auth.ScramMechanism.SCRAM_SHA_256_PLUS;
import static dev.reveille.auth.Talk.END_POINT;
import static dev.reveille.auth.Talk.RANDOM;
import static dev.reveille.auth.Talk.SECRET;
import static dev.reveille.auth.Talk.bytes;
import static dev.reveille.auth.Talk.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ScramClientTest {
  private static final List<String> BOTH = List.of(SCRAM_SHA_256_PLUS, SCRAM_SHA_256);

  @Test
  void the_strongest_mechanism_that_both_sides_have_is_chosen() {
    assertThat(firstOf(BOTH, Optional.of(END_POINT))).startsWith("p=tls-server-end-point,,n=,r=");
    assertThat(firstOf(BOTH, Optional.empty())).startsWith("n,,n=,r=");
    assertThat(firstOf(List.of(SCRAM_SHA_256), Optional.of(END_POINT))).startsWith("y,,n=,r=");
    assertThat(firstOf(List.of(SCRAM_SHA_256), Optional.empty())).startsWith("n,,n=,r=");
  }

  @Test
  void it_logs_in_with_and_without_binding() {
    for (Optional<byte[]> seen : List.of(Optional.of(END_POINT), Optional.<byte[]>empty())) {
      JudgedExchange exchange = Talk.underTls(false);
      ScramClient client = ScramClient.choose(exchange.mechanisms(), SECRET, seen, RANDOM);

      assertThat(Talk.login(exchange, client)).isInstanceOfSatisfying(ScramStep.Proven.class,
          proven -> client.verify(proven.serverFinal()));
    }
  }

  @Test
  void a_compute_without_a_known_mechanism_is_refused() {
    assertThatThrownBy(
        () -> ScramClient.choose(List.of("OAUTHBEARER"), SECRET, Optional.empty(), RANDOM))
        .isInstanceOf(ScramFailedException.class);
    assertThatThrownBy(
        () -> ScramClient.choose(List.of(SCRAM_SHA_256_PLUS), SECRET, Optional.empty(), RANDOM))
        .isInstanceOf(ScramFailedException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "r=NONCE,s=c2FsdA==,i=4096", "r=xNONCEy,s=c2FsdA==,i=4096",
      "r=NONCEy,s=,i=4096",
      "r=NONCEy,s=c2FsdA,i=4096", "r=NONCEy,s=c2FsdA==,i=0", "r=NONCEy,s=c2FsdA==,i=-1",
      "r=NONCEy,s=c2FsdA==,i=1000001", "r=NONCEy,s=c2FsdA==,i=99999999999",
      "r=NONCEy,s=c2FsdA==,i=4096,m=x",
      "r=NONCEy,s=c2FsdA==", "s=c2FsdA==,r=NONCEy,i=4096", "m=x,r=NONCEy,s=c2FsdA==,i=4096",
      "e=other-error",
      "r=NONCEy,s=c2FsdA==,i=4096,junk"})
  void a_hostile_challenge_is_refused_without_any_costly_work(String template) {
    ScramClient client = new ScramClient(SECRET, SCRAM_SHA_256, "n", new byte[0], "", "NONCE");

    assertThatThrownBy(() -> client.clientFinal(bytes(template)))
        .isInstanceOf(ScramFailedException.class)
        .hasMessageNotContaining("NONCE");
  }

  @Test
  void a_compute_that_does_not_know_the_verifier_is_found_out() {
    JudgedExchange exchange = Talk.plain();
    ScramClient client = new ScramClient(SECRET, RANDOM);
    ScramStep.Proven proven = (ScramStep.Proven) Talk.login(exchange, client);
    String good = text(proven.serverFinal());

    for (String bad : List.of("", "v=", "v=AAAA", "v=" + "A".repeat(43) + "=", good + ",x=1",
        "e=other-error")) {
      assertThatThrownBy(() -> client.verify(bytes(bad))).isInstanceOf(ScramFailedException.class);
    }
    assertThatCode(() -> client.verify(bytes(good))).doesNotThrowAnyException();
  }

  @Test
  void a_signature_before_a_proof_is_refused() {
    assertThatThrownBy(() -> new ScramClient(SECRET, RANDOM).verify(bytes("v=")))
        .isInstanceOf(ScramFailedException.class)
        .hasMessageContaining("before");
  }

  private static String firstOf(List<String> offered, Optional<byte[]> endPoint) {
    return text(ScramClient.choose(offered, SECRET, endPoint, RANDOM).clientFirst());
  }
}
