package dev.reveille.proxy.relay;

import dev.reveille.wire.FrameListener;
import dev.reveille.wire.FrameScanner;
import dev.reveille.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One direction of a relay: the last handler of the pipeline that it reads from. Buffers pass to the peer's channel as
 * they came, which releases them; the scanner only looks at headers. One flush for each batch of reads. When the peer's
 * outbound buffer is over its high water mark, reading stops until it is under the low one.
 *
 * <p>Runs on the one event loop of both channels.
 */
abstract class Leg extends ChannelInboundHandlerAdapter implements FrameListener {
  /** Why reading is stopped; several reasons may hold at once. */
  static final int PEER_FULL = 1;
  /** A suspend is being decided. */
  static final int HELD = 2;
  /** A cancel request is on its way and must not meet the next query. */
  static final int CANCELLING = 4;

  final Relay relay;
  final Channel own;
  final Channel peer;
  final FrameScanner scanner;
  private final AtomicLong bytes = new AtomicLong();
  private int pauses;
  private boolean unflushed;

  Leg(Relay relay, Channel own, Channel peer, int frameLimit) {
    this.relay = relay;
    this.own = own;
    this.peer = peer;
    this.scanner = new FrameScanner(frameLimit);
  }

  /** Bytes forwarded so far; any thread. */
  final long bytes() {
    return bytes.getOpaque();
  }

  final boolean isPaused(int reasons) {
    return (pauses & reasons) != 0;
  }

  final void start() {
    if (pauses == 0) {
      own.config().setAutoRead(true);
    }
  }

  final void pause(int reason) {
    if (pauses == 0) {
      own.config().setAutoRead(false);
    }
    pauses |= reason;
  }

  void resume(int reason) {
    if (pauses != 0) {
      pauses &= ~reason;
      if (pauses == 0) {
        own.config().setAutoRead(true);
      }
    }
  }

  /** What is done with bytes that arrived; takes them over. */
  abstract void arrived(ByteBuf buffer);

  /** The other end will send nothing more: end of file, or the connection is gone. */
  abstract void ended(boolean connectionGone);

  /** The framing is broken. */
  abstract void broken(MalformedMessageException reason);

  /** Counts and scans. Borrows; releases only if the framing is broken, and answers false then. */
  final boolean scan(ByteBuf buffer) {
    bytes.setOpaque(bytes.getPlain() + buffer.readableBytes());
    try {
      scanner.scan(buffer, this);
      relay.scanned();
      return true;
    } catch (MalformedMessageException reason) {
      buffer.release();
      broken(reason);
      return false;
    }
  }

  /** Queues for the peer, taking over. */
  final void send(ByteBuf buffer) {
    unflushed = true;
    peer.write(buffer, peer.voidPromise());
    if (!peer.isWritable()) {
      pause(PEER_FULL);
    }
  }

  final void flush() {
    if (unflushed) {
      unflushed = false;
      peer.flush();
    }
  }

  @Override
  public final void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf buffer) {
      arrived(buffer);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public final void channelReadComplete(ChannelHandlerContext ctx) {
    flush();
    relay.touch();
  }

  /** This side takes bytes again, or no more: the other direction writes to it. */
  @Override
  public final void channelWritabilityChanged(ChannelHandlerContext ctx) {
    relay.writabilityChanged(this, own.isWritable());
  }

  @Override
  public final void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
      ended(false);
    }
  }

  @Override
  public final void channelInactive(ChannelHandlerContext ctx) {
    ended(true);
  }

  /** A reset, a failed write or a broken TLS record: channelInactive follows. */
  @Override
  public final void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    own.close();
  }
}
