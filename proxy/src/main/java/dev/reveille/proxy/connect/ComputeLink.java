package dev.reveille.proxy.connect;

import dev.reveille.wire.CancelSecret;
import dev.reveille.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/**
 * A connection to a compute that has just said ReadyForQuery. Used on its channel's event loop only. It has one owner:
 * whoever was handed it, then the relay that was started with it.
 */
public interface ComputeLink {
  /** Reads nothing by itself (autoRead is off) and has no handlers but TLS, where that is spoken. */
  Channel channel();

  /** The compute's own process id. Never shown to a client. */
  int processId();

  /** The compute's own cancel secret. Never shown to a client. */
  CancelSecret secret();

  /** What the last ReadyForQuery of the login said. */
  TransactionStatus status();

  /** Bytes that came after the login's ReadyForQuery; mostly none. The caller releases them; asked for once. */
  ByteBuf takeLeftover();

  /**
   * Asks the compute to cancel what this connection runs: a fresh connection of the same kind, CancelRequest, and then
   * waiting until the compute closes it, which it does only after the signal has been sent (PostgreSQL documentation,
   * Frontend/Backend Protocol, Message Flow, Canceling Requests in Progress).
   *
   * @param stillWanted asked on the event loop at the last moment before the request is written
   * @return ends on the event loop when no signal can come any more: true if the request was sent and the compute has
   *         closed the connection. Bounded in time; never fails
   */
  Future<Boolean> cancel(BooleanSupplier stillWanted);

  /** Says goodbye (Terminate) and closes the channel. */
  void close();
}
