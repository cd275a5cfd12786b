package dev.reveille.proxy.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
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
  private final Future<?> deadline;

  private LingeringClose(Future<?> deadline) {
    this.deadline = deadline;
  }

  /**
   * Flushes everything written so far and {@code lastWords} (released here; may be empty), then closes. What the
   * channel's other handlers would have received from now on is dropped before it reaches them.
   *
   * @param patience how long the peer may take to read the rest and to close
   */
  public static void close(Channel channel, ByteBuf lastWords, Duration patience) {
    if (!channel.isActive()) {
      lastWords.release();
      channel.close();
      return;
    }
    Future<?> deadline = channel.eventLoop()
        .schedule(() -> channel.close(), patience.toNanos(), TimeUnit.NANOSECONDS);
    LingeringClose drain = new LingeringClose(deadline);
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      channel.pipeline().addFirst(drain);
    } else {
      channel.pipeline().addAfter(channel.pipeline().context(tls).name(), null, drain);
    }
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    channel.writeAndFlush(lastWords).addListener(written -> {
      if (!written.isSuccess()) {
        channel.close();
        return;
      }
      if (tls != null) {
        tls.closeOutbound().addListener(told -> endOutput(channel));
      } else {
        endOutput(channel);
      }
    });
    channel.config().setAutoRead(true);
  }

  /** The same, with nothing left to say. */
  public static void close(Channel channel, Duration patience) {
    close(channel, Unpooled.EMPTY_BUFFER, patience);
  }

  private static void endOutput(Channel channel) {
    if (channel instanceof DuplexChannel duplex) {
      if (duplex.isInputShutdown()) {
        channel.close();
      } else {
        duplex.shutdownOutput().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
      }
    } else {
      channel.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
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
