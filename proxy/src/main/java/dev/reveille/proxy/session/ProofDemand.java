package dev.reveille.proxy.session;

import dev.reveille.auth.ClientAuthority;
import dev.reveille.auth.TokenVerifier;
import java.util.Optional;

/**
 * What a listener asks of clients. It asks everyone for the same, so that what is asked tells nothing
 * of who is known. Immutable, safe from any thread.
 */
public sealed interface ProofDemand {

  /** A secret, by SCRAM. The only one that may go without TLS. */
  record Scram() implements ProofDemand {}

  /**
   * A token.
   *
   * @param challenge the answer of OAUTHBEARER to a token that is not accepted; empty where the token
   *     is asked for as a password
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Token(TokenVerifier verifier, Optional<byte[]> challenge) implements ProofDemand {}

  /** A client certificate, which the handshake has verified already. */
  record Certificate(ClientAuthority authority) implements ProofDemand {}

  /** Whether plaintext is refused here even where the proxy allows it. */
  default boolean tlsOnly() {
    return !(this instanceof Scram);
  }
}
