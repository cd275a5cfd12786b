package dev.reveille.proxy.session;

import dev.reveille.proxy.cancel.CancelOutcome;
import dev.reveille.proxy.relay.RequestListener;
import java.util.Optional;

/**
 * Hears what happens to sessions. One observer serves all sessions: it is called on their event
 * loops, so it must be thread-safe and must not block.
 */
public interface SessionObserver {
  /** A client's connection was accepted; {@link #closed} follows exactly once. */
  default void opened() {
  }

  /** A phase was passed, and took this long. */
  default void phase(Phase phase, long nanos) {
  }

  /** The session has reached ReadyForQuery. */
  default void ready(SessionFacts session, SessionTimeline timeline) {
  }

  /** Who wants to hear what the session, which is ready, asks for; nobody costs nothing. */
  default Optional<RequestListener> requests(SessionFacts session) {
    return Optional.empty();
  }

  /** The session was refused, or ended with an error that the client was sent. */
  default void refused(SessionFacts session, SessionFailure failure) {
  }

  /** Bytes relayed since the last call for this session; called now and then, and at its end. */
  default void bytes(long fromClient, long fromCompute) {
  }

  /** The connection is gone and everything that it held has been given back. */
  default void closed(SessionFacts session, CloseReason reason) {
  }

  /** A CancelRequest was taken up; this became of it. Any thread. */
  default void cancelled(SessionFacts session, int processId, CancelOutcome outcome) {
  }

  /** Hears nothing. */
  SessionObserver NONE = new SessionObserver() {
  };
}
