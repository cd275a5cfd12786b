package dev.reveille.proxy.connect;

import dev.reveille.compute.ComputeAddress;
import dev.reveille.wire.FrontendMessages;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Promise;
import java.io.IOException;

/**
 * SSLRequest, the compute's one byte of answer, the handshake (PostgreSQL documentation, Frontend/Backend Protocol, Message
 * Flow, SSL Session Encryption). More than that one byte before the handshake was put there by someone else
 * (CVE-2021-23222) and ends the connection. Removes itself.
 */
final class TlsOpening extends SimpleChannelInboundHandler<ByteBuf> {
  private final SslContext context;
  private final ComputeAddress.Tcp address;
  private final Promise<Channel> opened;

  private TlsOpening(SslContext context, ComputeAddress.Tcp address, Promise<Channel> opened) {
    this.context = context;
    this.address = address;
    this.opened = opened;
  }

  /** Ends {@code opened} when the handshake has. */
  static void begin(Channel channel, SslContext context, ComputeAddress.Tcp address,
      Promise<Channel> opened) {
    channel.pipeline().addLast(new TlsOpening(context, address, opened));
    ByteBuf request = channel.alloc().buffer(8);
    FrontendMessages.sslRequest(request);
    channel.writeAndFlush(request);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, ByteBuf answer) {
    if (answer.readableBytes() != 1) {
      fail(ctx, "the compute sent unencrypted bytes after its answer to SSLRequest");
      return;
    }
    switch (answer.readByte()) {
      case 'S' -> handshake(ctx);
      case 'N' -> fail(ctx, "the compute does not speak TLS");
      default -> fail(ctx, "the compute did not understand SSLRequest");
    }
  }

  private void handshake(ChannelHandlerContext ctx) {
    SslHandler tls = context.newHandler(ctx.alloc(), address.host(), address.port());
    ctx.pipeline().replace(this, null, tls);
    tls.handshakeFuture().addListener(done -> {
      if (!done.isSuccess()) {
        ctx.close();
        opened.tryFailure(done.cause());
      } else if (!opened.trySuccess(ctx.channel())) {
        ctx.close();
      }
    });
  }

  private void fail(ChannelHandlerContext ctx, String reason) {
    ctx.close();
    opened.tryFailure(new IOException(reason));
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(ctx, "the compute closed the connection instead of answering SSLRequest");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
    opened.tryFailure(cause);
  }
}
