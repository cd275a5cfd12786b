package dev.reveille.proxy.relay;

import dev.reveille.proxy.cancel.CancelTarget;
import dev.reveille.proxy.connect.ComputeLink;
import dev.reveille.wire.ErrorFields;
import io.netty.channel.Channel;
import java.util.concurrent.CompletionStage;

/** Skeleton of the relay; the working one follows. */
@SuppressWarnings("DoNotCallSuggester")
public final class Relay implements CancelTarget {
  private Relay() {
  }

  /**
   * Joins a client and a compute that have both just seen ReadyForQuery. Appends one handler to each pipeline; the
   * caller then removes its own handlers, and what their removal hands on reaches the relay. Takes over reading
   * (autoRead), half closure, water marks and the life of both channels. Call on the client's event loop, which must be
   * the compute's too.
   */
  public static Relay start(Channel client, ComputeLink compute, RelayListener listener,
      RelayLimits limits) {
    throw new UnsupportedOperationException();
  }

  /** ReadyForQuery {@code I} with nothing in flight in either direction. Event loop. */
  public boolean atRest() {
    throw new UnsupportedOperationException();
  }

  /** When bytes last passed, on the clock of {@link System#nanoTime}. Any thread. */
  public long lastActivityNanos() {
    throw new UnsupportedOperationException();
  }

  /** If at rest, stops reading the client and answers true. Event loop. */
  public boolean hold() {
    throw new UnsupportedOperationException();
  }

  /** Reads the client again; harmless when not held. Event loop. */
  public void release() {
    throw new UnsupportedOperationException();
  }

  /** Bytes taken from the client so far. Any thread. */
  public long clientBytes() {
    throw new UnsupportedOperationException();
  }

  /** Bytes taken from the compute so far. Any thread. */
  public long computeBytes() {
    throw new UnsupportedOperationException();
  }

  /**
   * Ends the session: cancels what is in flight, leaves the compute, sends {@code error} to the client after the message
   * that is on its way, if that ends soon, and closes. Event loop. Harmless when repeated.
   */
  public void endClient(ErrorFields error) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Boolean> cancelQuery() {
    throw new UnsupportedOperationException();
  }
}
