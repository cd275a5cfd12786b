package dev.reveille.auth;

import com.ongres.scram.client.ScramClient;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.reveille.auth.Talk.END_POINT;
import static dev.reveille.auth.Talk.KEY;
import static dev.reveille.auth.Talk.RANDOM;
import static dev.reveille.auth.Talk.bytes;
import static dev.reveille.auth.Talk.text;
import static org.assertj.core.api.Assertions.assertThat;

/** The SCRAM library of pgjdbc, which shares no code with ours, logs in. */
class DriverScramTest {

  @ParameterizedTest
  @CsvSource({"true, SCRAM-SHA-256-PLUS, wk_abc", "false, SCRAM-SHA-256, wk_abc",
      "true, SCRAM-SHA-256-PLUS, caf\u00e9 \u2168", "false, SCRAM-SHA-256, caf\u00e9 \u2168"})
  void pgjdbcs_library_logs_in(boolean tls, String mechanism, String password) throws Exception {
    JudgedExchange exchange = new JudgedExchange(
        List.of(ScramVerifier.of(Secret.ofText(password), "a_agent", KEY)),
        tls ? Optional.of(END_POINT) : Optional.empty(), tls, RANDOM);
    var build = ScramClient.builder()
        .advertisedMechanisms(exchange.mechanisms())
        .username("*")
        .password(password.toCharArray());
    ScramClient driver = tls
        ? build.channelBinding("tls-server-end-point", END_POINT).build()
        : build.build();

    assertThat(driver.getScramMechanism().getName()).isEqualTo(mechanism);
    ScramStep first = exchange.first(mechanism, bytes(driver.clientFirstMessage().toString()));
    driver.serverFirstMessage(text(Talk.challenge(first)));
    ScramStep last = exchange.last(bytes(driver.clientFinalMessage().toString()));

    assertThat(last).isInstanceOf(ScramStep.Proven.class);
    driver.serverFinalMessage(text(((ScramStep.Proven) last).serverFinal()));
  }
}
