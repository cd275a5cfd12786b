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
import org.jspecify.annotations.Nullable;

/**
 * One direction of a relay: the last handler of the pipeline that it reads from. Buffers pass to the peer's channel as
 * they came, which releases them; the scanner only looks at headers, and the guard has a word on each. One flush for each batch of reads. When the peer's
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
  /** More waits at the {@link Gate} than it takes. */
  static final int GATED = 8;
  /** Something between the client and this leg is at work for the client. */
  static final int INTERPOSED = 16;

  final Relay relay;
  final Channel own;
  final Channel peer;
  final FrameScanner scanner;
  private final AtomicLong bytes = new AtomicLong();
  private int pauses;
  private boolean unflushed;
  /** The bytes of a header that is not complete, which the peer has not been sent. */
  private final byte[] header = new byte[4];
  private int kept;
  private @Nullable Breach breach;
  private int refusedAt;

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

  /**
   * Scans, takes away what may not pass, and queues the rest for the peer. Takes over. What is sent ends in whole headers:
   * the bytes of one that is not complete stay here, so that its frame can be refused before anything of it has passed.
   */
  final void forward(ByteBuf buffer) {
    int read = buffer.readableBytes();
    bytes.setOpaque(bytes.getPlain() + read);
    int earlier = kept;
    try {
      scanner.scan(buffer, this);
    } catch (MalformedMessageException reason) {
      buffer.release();
      broken(reason);
      return;
    }
    relay.scanned();
    Breach reached = breach;
    int passes = reached == null ? read - Math.min(scanner.headerBytes(), read) : refusedAt;
    if (earlier > 0 && passes > 0) {
      send(peer.alloc().buffer(earlier).writeBytes(header, 0, earlier));
    }
    if (reached == null && (kept > 0 || passes < read)) {
      keep(buffer, passes, read);
    }
    if (passes <= 0) {
      buffer.release();
    } else {
      send(passes < read ? buffer.writerIndex(buffer.readerIndex() + passes) : buffer);
    }
    if (reached != null) {
      flush();
      relay.end.breached(reached);
    }
  }

  private void keep(ByteBuf buffer, int from, int to) {
    kept = scanner.headerBytes();
    buffer.getBytes(buffer.readerIndex() + from, header, kept - (to - from), to - from);
  }

  /** To be called while a frame is reported: neither it nor anything behind it passes. */
  final void refuse(int offset, Breach reason) {
    breach = reason;
    refusedAt = offset;
  }

  /** Whether a frame has been refused. */
  final boolean isRefusing() {
    return breach != null;
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
