package dev.reveille.proxy.session;

import java.util.Locale;

/** The stretches of a connection's way to its first row, in the order in which they are passed. */
public enum Phase {
  /** From the accepted connection to the whole StartupMessage, the TLS handshake left out. */
  STARTUP,
  /** The TLS handshake. */
  TLS,
  /** From the StartupMessage to the proof of the secret, the client's round trips included. */
  AUTH,
  /** Finding the route and admitting the session. */
  ROUTE,
  /** Waiting for the compute to be there. */
  WAKE,
  /** Preparing the role, connecting and logging in, up to ReadyForQuery. */
  CONNECT,
  /** From ReadyForQuery to the first byte of an answer to the client's first request. */
  FIRST_BYTE;

  /** The name in metrics and logs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
