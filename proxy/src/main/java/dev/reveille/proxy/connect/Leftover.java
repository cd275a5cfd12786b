package dev.reveille.proxy.connect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/** Keeps what a compute sends between the end of its login and the start of a relay. Event loop. */
final class Leftover extends ChannelInboundHandlerAdapter {
  private @Nullable ByteBuf kept;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf buffer = (ByteBuf) message;
    if (kept == null) {
      kept = buffer;
    } else {
      CompositeByteBuf all = kept instanceof CompositeByteBuf several
          ? several
          : ctx.alloc().compositeBuffer().addComponent(true, kept);
      kept = all.addComponent(true, buffer);
    }
  }

  /** Hands over what was kept. */
  ByteBuf take() {
    ByteBuf taken = kept;
    kept = null;
    return taken == null ? Unpooled.EMPTY_BUFFER : taken;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ctx.fireChannelInactive();
  }
}
