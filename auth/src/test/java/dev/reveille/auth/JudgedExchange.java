package dev.reveille.auth;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** An exchange together with what it will be judged by, as a proxy that has looked the name up. */
record JudgedExchange(ScramExchange exchange, List<ScramVerifier> candidates,
    boolean bindingRequired) {

  JudgedExchange(List<ScramVerifier> candidates, Optional<byte[]> endPoint,
      boolean bindingRequired, RandomGenerator random) {
    this(candidates, endPoint, bindingRequired, () -> ScramExchange.nonce(random),
        ScramPrimitives.SHA_256);
  }

  JudgedExchange(List<ScramVerifier> candidates, Optional<byte[]> endPoint,
      boolean bindingRequired, Supplier<String> nonces, ScramPrimitives primitives) {
    this(new ScramExchange(candidates.getFirst().salt(), endPoint, nonces, primitives), candidates,
        bindingRequired);
  }

  List<String> mechanisms() {
    return exchange.mechanisms();
  }

  ScramStep first(String mechanism, byte[] clientFirst) {
    return exchange.first(mechanism, clientFirst);
  }

  ScramStep last(byte[] clientFinal) {
    ScramStep last = exchange.last(clientFinal);
    return last instanceof ScramStep.Claimed
        ? exchange.judge(candidates, bindingRequired)
        : last;
  }
}
