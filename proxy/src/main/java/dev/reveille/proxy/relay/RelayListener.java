package dev.reveille.proxy.relay;

import dev.reveille.wire.MalformedMessageException;

/**
 * Hears how a relay goes, on the session's event loop. At most one of {@link #clientClosed}, {@link #computeClosed},
 * {@link #breached} and {@link #malformed} is told, once, by the side that went first; none after {@link Relay#endClient}.
 */
public interface RelayListener {
  /** The first byte that answers the client is about to be written to it. Told at most once. */
  void firstByte();

  /**
   * The client has gone. The relay sees to the compute by itself: what was in flight is cancelled, the connection is
   * closed.
   *
   * @param midQuery whether something was in flight or a transaction was open
   */
  void clientClosed(boolean midQuery);

  /**
   * The compute has gone while the client was there. The listener may call {@link Relay#endClient} with its own words
   * from in here; otherwise the relay ends the client with the compute's last error, if there was one, or with 08006
   * (mid-query) or 57P01.
   *
   * @param midQuery whether something was in flight or a transaction was open
   */
  void computeClosed(boolean midQuery);

  /**
   * A limit was reached: nothing passes any more in either direction. The listener may call {@link Relay#cutClient} from
   * in here; otherwise the relay ends the client with the words of the breach.
   */
  void breached(Breach breach);

  /** The client broke the framing; the relay ends it with 08P01 and closes both connections. */
  void malformed(MalformedMessageException reason);
}
