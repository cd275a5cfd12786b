package dev.reveille.auth;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;

/** Short words for the conversations of the tests. */
final class Talk {
  static final SharedKey KEY = SharedKey.of(bytes("the deployment's own shared key."));
  static final byte[] END_POINT = new byte[32];
  static final Secret SECRET = Secret.ofText("pencil");
  private static final Map<String, ScramVerifier> VERIFIERS = new HashMap<>();
  static final Random RANDOM = new Random(7677);

  private Talk() {
  }

  static ScramVerifier verifier(Secret secret) {
    return VERIFIERS.computeIfAbsent(secret.reveal(),
        text -> ScramVerifier.of(secret, "a_agent", KEY));
  }

  static JudgedExchange plain() {
    return new JudgedExchange(List.of(verifier(SECRET)), Optional.empty(), false, RANDOM);
  }

  static JudgedExchange underTls(boolean bindingRequired) {
    return new JudgedExchange(List.of(verifier(SECRET)), Optional.of(END_POINT), bindingRequired,
        RANDOM);
  }

  static ScramClient client(String mechanism, String flag, byte[] endPoint) {
    return new ScramClient(SECRET, mechanism, flag, endPoint, "", ScramExchange.nonce(RANDOM));
  }

  /** Runs a whole login and gives the exchange's last word. */
  static ScramStep login(JudgedExchange exchange, ScramClient client) {
    ScramStep first = exchange.first(client.mechanism(), client.clientFirst());
    return first instanceof ScramStep.Continue next
        ? exchange.last(client.clientFinal(next.serverFirst()))
        : first;
  }

  static byte[] challenge(ScramStep step) {
    assertThat(step).isInstanceOf(ScramStep.Continue.class);
    return ((ScramStep.Continue) step).serverFirst();
  }

  static ScramStep refused(ScramRefusal reason) {
    return new ScramStep.Refused(reason);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
