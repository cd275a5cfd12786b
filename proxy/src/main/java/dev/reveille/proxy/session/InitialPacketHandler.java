package dev.reveille.proxy.session;

import dev.reveille.proxy.session.SessionEvent.Broken;
import dev.reveille.proxy.session.SessionEvent.PacketRead;
import dev.reveille.proxy.session.SessionEvent.TlsSeen;
import dev.reveille.wire.InitialPacket;
import dev.reveille.wire.InitialPackets;
import dev.reveille.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the first bytes of a connection into initial packets (Frontend/Backend Protocol, Message
 * Flow, Start-up), one at a time: the session decides what the next byte may be before it is looked
 * at. So what stands behind an SSLRequest is counted and never read (CVE-2021-23214), and what
 * stands behind the StartupMessage goes on to the handler that takes this one's place.
 *
 * <p>Owns the bytes that it has not handed on. Event loop only; not sharable.
 */
final class InitialPacketHandler extends ChannelInboundHandlerAdapter {
  private final SessionDriver driver;
  private @Nullable ByteBuf kept;
  private boolean removed;

  InitialPacketHandler(SessionDriver driver) {
    this.driver = driver;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var bytes = (ByteBuf) message;
    if (kept == null) {
      kept = bytes;
    } else {
      kept = join(ctx, kept, bytes);
    }
    advance();
  }

  /** Packets are small: a copy is cheaper than a composite buffer. */
  private static ByteBuf join(ChannelHandlerContext ctx, ByteBuf before, ByteBuf after) {
    try {
      return ctx.alloc()
          .buffer(before.readableBytes() + after.readableBytes())
          .writeBytes(before)
          .writeBytes(after);
    } finally {
      before.release();
      after.release();
    }
  }

  private void advance() {
    while (!removed && kept != null && kept.isReadable() && driver.awaitsPacket()) {
      if (InitialPackets.looksLikeTls(kept)) {
        driver.handle(new TlsSeen());
        continue;
      }
      InitialPacket packet;
      try {
        packet = InitialPackets.decode(kept);
      } catch (MalformedMessageException e) {
        driver.handle(
            new Broken(new SessionFailure.Malformed(e.sqlState(), String.valueOf(e.getMessage()))));
        break;
      }
      if (packet == null) {
        break;
      }
      driver.handle(new PacketRead(packet, kept.readableBytes()));
    }
    if (kept != null && !kept.isReadable()) {
      kept.release();
      kept = null;
    }
  }

  /** Hands over what was read and not understood: the beginning of a TLS handshake. */
  @Nullable
  ByteBuf takeKept() {
    var taken = kept;
    kept = null;
    return taken;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    removed = true;
    var rest = takeKept();
    if (rest == null) {
      return;
    }
    if (rest.isReadable() && ctx.channel().isActive()) {
      ctx.fireChannelRead(rest);
    } else {
      rest.release();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    var rest = takeKept();
    if (rest != null) {
      rest.release();
    }
    ctx.fireChannelInactive();
  }
}
