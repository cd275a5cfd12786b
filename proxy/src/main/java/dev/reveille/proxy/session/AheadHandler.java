package dev.reveille.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;

/**
 * Keeps what a client sends ahead while it waits, up to a limit past which it is not read, and hands
 * it on when it is removed: the relay comes after it. Keeps reading up to then, so that a client
 * that leaves is noticed. Owns what it keeps. Event loop only; not sharable.
 */
final class AheadHandler extends ChannelInboundHandlerAdapter {
  private final ArrayDeque<ByteBuf> kept = new ArrayDeque<>();
  private final int limit;
  private int bytes;

  AheadHandler(int limit) {
    this.limit = limit;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var buffer = (ByteBuf) message;
    kept.add(buffer);
    bytes += buffer.readableBytes();
    if (bytes > limit) {
      ctx.channel().config().setAutoRead(false);
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    var handedOn = !kept.isEmpty() && ctx.channel().isActive();
    for (var buffer = kept.poll(); buffer != null; buffer = kept.poll()) {
      if (ctx.channel().isActive()) {
        ctx.fireChannelRead(buffer);
      } else {
        buffer.release();
      }
    }
    if (handedOn) {
      // The relay forwards at the end of each batch of reads.
      ctx.fireChannelReadComplete();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    kept.forEach(ByteBuf::release);
    kept.clear();
    ctx.fireChannelInactive();
  }
}
