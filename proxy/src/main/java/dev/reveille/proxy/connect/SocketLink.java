package dev.reveille.proxy.connect;

import dev.reveille.wire.BackendMessage.BackendKeyData;
import dev.reveille.wire.CancelSecret;
import dev.reveille.wire.FrontendMessages;
import dev.reveille.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/** A link over a real socket. */
final class SocketLink implements ComputeLink {
  private final Channel channel;
  private final BackendKeyData key;
  private final TransactionStatus status;
  private final CancelDelivery cancels;
  private final Leftover leftover = new Leftover();

  SocketLink(Channel channel, BackendKeyData key, TransactionStatus status,
      CancelDelivery cancels) {
    this.channel = channel;
    this.key = key;
    this.status = status;
    this.cancels = cancels;
    channel.pipeline().addLast(leftover);
  }

  @Override
  public Channel channel() {
    return channel;
  }

  @Override
  public int processId() {
    return key.processId();
  }

  @Override
  public CancelSecret secret() {
    return key.secret();
  }

  @Override
  public TransactionStatus status() {
    return status;
  }

  @Override
  public ByteBuf takeLeftover() {
    if (channel.pipeline().context(leftover) != null) {
      channel.pipeline().remove(leftover);
    }
    return leftover.take();
  }

  @Override
  public Future<Boolean> cancel(BooleanSupplier stillWanted) {
    return cancels.deliver(channel.eventLoop(), key, stillWanted);
  }

  @Override
  public void close() {
    takeLeftover().release();
    if (channel.isActive()) {
      ByteBuf goodbye = channel.alloc().buffer(5);
      FrontendMessages.terminate(goodbye);
      channel.writeAndFlush(goodbye).addListener(ChannelFutureListener.CLOSE);
    } else {
      channel.close();
    }
  }
}
