package dev.reveille.proxy.session;

import java.util.Locale;

/** Why a client's connection ended; a bounded set, for metrics and logs. */
public enum CloseReason {
  /** The client closed before it had sent a single byte, or a PROXY header said LOCAL. */
  PROBE,
  /** The client closed, with or without Terminate, while nothing of its was in flight. */
  CLIENT_LEFT,
  /** The client vanished while it waited or while a request was in flight. */
  CLIENT_LOST,
  /** A CancelRequest: closed without an answer, as the protocol asks. */
  CANCEL_REQUEST,
  /** Refused before ReadyForQuery; the failure has been reported on its own. */
  REFUSED,
  /** The client broke the protocol after ReadyForQuery, or the TLS handshake failed. */
  MALFORMED,
  /** The compute ended the session itself, for instance after pg_terminate_backend. */
  COMPUTE_CLOSED,
  /** The compute was lost while the session was attached. */
  COMPUTE_LOST,
  /** The database was suspended while the session was at rest. */
  SUSPENDED,
  /** The database was dropped. */
  DROPPED,
  /** The credential was revoked. */
  REVOKED,
  /** The credential expired. */
  EXPIRED,
  /** The credential was narrowed to something that the session is not within. */
  NARROWED,
  /** A limit of the credential was reached; the failure has been reported on its own. */
  LIMITED,
  /** The proxy is going away. */
  DRAINED,
  /** A bug of ours; the log has the stack trace. */
  INTERNAL;

  /** Whether the client may not even go on reading what was sent before. */
  boolean atOnce() {
    return switch (this) {
      case REVOKED, EXPIRED, NARROWED, LIMITED, DROPPED -> true;
      case PROBE, CLIENT_LEFT, CLIENT_LOST, CANCEL_REQUEST, REFUSED, MALFORMED, COMPUTE_CLOSED,
          COMPUTE_LOST, SUSPENDED, DRAINED, INTERNAL ->
        false;
    };
  }

  /** The name in metrics and logs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
