package dev.reveille.proxy.connect;

import dev.reveille.wire.BackendMessage.BackendKeyData;
import dev.reveille.wire.FrontendMessages;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Sends cancel requests to one compute, each on a connection of its own. */
final class CancelDelivery {
  private final Function<EventLoop, Future<Channel>> sockets;
  private final Duration timeout;

  CancelDelivery(Function<EventLoop, Future<Channel>> sockets, Duration timeout) {
    this.sockets = sockets;
    this.timeout = timeout;
  }

  /** See {@link ComputeLink#cancel}. */
  Future<Boolean> deliver(EventLoop loop, BackendKeyData key, BooleanSupplier stillWanted) {
    Promise<Boolean> delivered = loop.newPromise();
    Future<Channel> opening = sockets.apply(loop);
    Future<?> deadline = loop.schedule(() -> {
      opening.cancel(false);
      delivered.trySuccess(false);
    }, timeout.toNanos(), TimeUnit.NANOSECONDS);
    delivered.addListener(done -> deadline.cancel(false));
    opening.addListener(opened -> {
      if (!opened.isSuccess()) {
        delivered.trySuccess(false);
        return;
      }
      Channel channel = opening.getNow();
      delivered.addListener(done -> channel.close());
      if (delivered.isDone() || !stillWanted.getAsBoolean()) {
        delivered.trySuccess(false);
        return;
      }
      channel.pipeline().addLast(new WaitForEnd(delivered));
      ByteBuf request = channel.alloc().buffer();
      FrontendMessages.cancelRequest(request, key.processId(), key.secret());
      channel.writeAndFlush(request);
    });
    return delivered;
  }

  /** The compute answers a CancelRequest by nothing but closing, after it has sent the signal. */
  private static final class WaitForEnd extends SimpleChannelInboundHandler<ByteBuf> {
    private final Promise<Boolean> delivered;

    WaitForEnd(Promise<Boolean> delivered) {
      this.delivered = delivered;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf unexpected) {
      // Whatever it is, the end is what counts.
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      delivered.trySuccess(true);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
