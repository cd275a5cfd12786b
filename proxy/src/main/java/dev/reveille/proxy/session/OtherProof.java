package dev.reveille.proxy.session;

import dev.reveille.cell.Credential;
import dev.reveille.wire.ProofMessage;
import java.util.Optional;

/** A proof other than of a secret, for one connection. Answers by events. Event loop only. */
interface OtherProof {
  /** Asks for it. */
  void open();

  /** Looks at the client's next message. */
  void check(ProofMessage message);

  /** Compares what was shown with the credential that the login names. */
  void judge(Optional<Credential> credential);
}
