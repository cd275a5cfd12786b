package dev.reveille.proxy.connect;

import dev.reveille.wire.ErrorFields;

/** How one attempt to log in to a compute ended. */
public sealed interface ConnectOutcome {
  /** Logged in. Whoever receives it gives the link to a relay or closes it. */
  record Ready(ComputeLink link) implements ConnectOutcome {}

  /** The compute is there and said no, in its own words. */
  record Refused(ErrorFields error) implements ConnectOutcome {}

  /**
   * No answer that a client could be given: nobody listens, the connection was lost, TLS or the proof failed, or what
   * came was not the protocol.
   *
   * @param reason for the log; safe, but about the inside of the deployment
   */
  record Unreachable(String reason) implements ConnectOutcome {}
}
