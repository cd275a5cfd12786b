package dev.reveille.proxy.transport;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GenericFutureListener;

/** Ends what one side sends while it goes on reading. */
public final class HalfClose {
  private HalfClose() {
  }

  /**
   * After everything written so far: close_notify where TLS is spoken, then FIN. A channel that cannot do that, or whose
   * peer has ended too, is closed. On the channel's event loop.
   */
  public static void endOutput(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    GenericFutureListener<Future<Object>> shutdown = written -> shutdownOutput(channel,
        written.isSuccess());
    if (tls == null) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(shutdown);
    } else {
      // What is written and not encrypted yet would be lost with the end of the engine's output.
      channel.flush();
      tls.closeOutbound().addListener(shutdown);
    }
  }

  private static void shutdownOutput(Channel channel, boolean written) {
    if (written && channel instanceof DuplexChannel duplex && !duplex.isInputShutdown()) {
      duplex.shutdownOutput().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    } else {
      channel.close();
    }
  }
}
