package dev.reveille.proxy.listen;

import dev.reveille.proxy.session.Arrival;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Takes the PROXY header that {@link io.netty.handler.codec.haproxy.HAProxyMessageDecoder} made of
 * the first bytes (the PROXY protocol, version 2), tells the session who the client is, and leaves.
 * LOCAL, which a balancer's own health check sends, keeps the address of the connection itself.
 */
final class ProxyHeaderHandler extends ChannelInboundHandlerAdapter {
  private final Arrival arrival;

  ProxyHeaderHandler(Arrival arrival) {
    this.arrival = arrival;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof HAProxyMessage header)) {
      ctx.fireChannelRead(message);
      return;
    }
    try {
      arrival.header(client(header));
    } finally {
      header.release();
      ctx.pipeline().remove(this);
    }
  }

  private static Optional<InetAddress> client(HAProxyMessage header) {
    var source = header.sourceAddress();
    if (header.command() == HAProxyCommand.LOCAL || source == null) {
      return Optional.empty();
    }
    var bytes = NetUtil.createByteArrayFromIpAddressString(source);
    if (bytes == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByAddress(bytes));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof HAProxyProtocolException) {
      arrival.noHeader();
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }

  /**
   * Stands before the decoder, which would take version 1 as well: a header of version 2 begins with
   * a carriage return.
   */
  static final class OnlyVersion2 extends ChannelInboundHandlerAdapter {
    private static final byte FIRST = 0x0D;
    private final Arrival arrival;
    private boolean refused;

    OnlyVersion2(Arrival arrival) {
      this.arrival = arrival;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      var bytes = (ByteBuf) message;
      if (!bytes.isReadable() || refused) {
        ReferenceCountUtil.release(message);
      } else if (bytes.getByte(bytes.readerIndex()) == FIRST) {
        ctx.pipeline().remove(this);
        ctx.fireChannelRead(message);
      } else {
        refused = true;
        ReferenceCountUtil.release(message);
        arrival.noHeader();
      }
    }
  }
}
