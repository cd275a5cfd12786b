package dev.reveille.proxy.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection so that its last words arrive. A socket closed with unread input answers with a reset, which
 * throws away what the peer has not read yet: the error that explains the close. So: write, end the output
 * (close_notify, FIN), read and drop whatever still comes until the peer ends too, then close.
 *
 * <p>Runs on the channel's event loop.
 */
public final class LingeringClose extends ChannelInboundHandlerAdapter {
  private final Channel channel;
  private final long patienceNanos;
  private long unsent;
  private Future<?> deadline;

  private LingeringClose(Channel channel, Duration patience) {
    this.channel = channel;
    this.patienceNanos = patience.toNanos();
    this.unsent = unsent(channel);
    this.deadline = schedule();
  }

  /**
   * Flushes everything written so far and {@code lastWords} (released here; may be empty), then closes. What the
   * channel's other handlers would have received from now on is dropped before it reaches them; only channelInactive
   * still does.
   *
   * @param patience how long the peer may take none of what is unsent, and to close when it has all of it
   */
  public static void close(Channel channel, ByteBuf lastWords, Duration patience) {
    if (!channel.isActive()) {
      lastWords.release();
      channel.close();
      return;
    }
    channel.write(lastWords);
    LingeringClose drain = new LingeringClose(channel, patience);
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      channel.pipeline().addFirst(drain);
    } else {
      channel.pipeline().addAfter(channel.pipeline().context(tls).name(), null, drain);
    }
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    HalfClose.endOutput(channel);
    drain.unsent = unsent(channel);
    channel.config().setAutoRead(true);
  }

  /** At once, whatever is unsent: TLS would wait for a peer that reads nothing to take its goodbye. */
  public static void force(Channel channel) {
    channel.unsafe().close(channel.newPromise());
  }

  /** The same, with nothing left to say. */
  public static void close(Channel channel, Duration patience) {
    close(channel, Unpooled.EMPTY_BUFFER, patience);
  }

  private Future<?> schedule() {
    return channel.eventLoop().schedule(this::isOver, patienceNanos, TimeUnit.NANOSECONDS);
  }

  /** A slow reader is not cut off while it goes on reading. */
  private void isOver() {
    long before = unsent;
    unsent = unsent(channel);
    if (channel.isActive() && unsent < before) {
      deadline = schedule();
    } else {
      force(channel);
    }
  }

  private static long unsent(Channel channel) {
    ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
    return queue == null ? 0 : queue.totalPendingWriteBytes();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    boolean ended = event instanceof ChannelInputShutdownEvent
        || event instanceof SslCloseCompletionEvent;
    if (ended && channel instanceof DuplexChannel duplex && duplex.isOutputShutdown()) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    deadline.cancel(false);
    ctx.fireChannelInactive();
  }
}
