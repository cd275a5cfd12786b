package dev.reveille.compute;

import java.util.concurrent.CompletionStage;

/**
 * What the compute side asks of a session that is attached to a compute. Called on any thread and
 * must not block: a session hops to its own event loop.
 */
public interface AttachedSession {
  /** ReadyForQuery {@code I} with nothing in flight, as last seen. */
  boolean atRest();

  /** When the last message passed in either direction, on the clock of {@link System#nanoTime}. */
  long lastActivityNanos();

  /**
   * First half of a suspend: if the session is at rest it stops reading its client and answers true,
   * otherwise false. A session that answered true is always told {@link #release} or {@link #end}.
   */
  CompletionStage<Boolean> hold();

  /** The suspend is off: read the client again. Harmless for a session that is not held. */
  void release();

  /** End the session cleanly, whether it is held or not. */
  void end(EndReason reason);
}
