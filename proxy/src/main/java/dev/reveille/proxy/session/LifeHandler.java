package dev.reveille.proxy.session;

import dev.reveille.proxy.session.SessionEvent.Broken;
import dev.reveille.proxy.session.SessionEvent.ClientLeft;
import dev.reveille.proxy.session.SessionEvent.Secured;
import dev.reveille.proxy.session.SessionEvent.TlsFailed;
import dev.reveille.wire.MalformedMessageException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * The last handler before the relay: what happens to the connection itself. Removed when the relay
 * takes over. Event loop only; not sharable.
 */
final class LifeHandler extends ChannelInboundHandlerAdapter {
  private final SessionDriver driver;

  LifeHandler(SessionDriver driver) {
    this.driver = driver;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    driver.handle(new ClientLeft(false));
    ctx.fireChannelInactive();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    switch (event) {
      case SslHandshakeCompletionEvent handshake when handshake.isSuccess() -> {
        var tls = ctx.pipeline().get(SslHandler.class);
        if (tls != null) {
          driver.client().secured(tls.engine().getSession().getProtocol());
        }
        driver.handle(new Secured(protocol(ctx)));
      }
      case SslHandshakeCompletionEvent _ -> driver.handle(new TlsFailed());
      case ChannelInputShutdownEvent _,SslCloseCompletionEvent _ ->
        driver.handle(new ClientLeft(false));
      default -> ctx.fireUserEventTriggered(event);
    }
  }

  private static Optional<String> protocol(ChannelHandlerContext ctx) {
    var tls = ctx.pipeline().get(SslHandler.class);
    return tls == null ? Optional.empty() : Optional.ofNullable(tls.applicationProtocol());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    switch (cause) {
      case MalformedMessageException e -> driver.handle(
          new Broken(new SessionFailure.Malformed(e.sqlState(), String.valueOf(e.getMessage()))));
      case IOException _ -> gone(ctx);
      default -> {
        if (cause.getCause() instanceof SSLException) {
          gone(ctx);
        } else {
          driver.fail(cause);
        }
      }
    }
  }

  private void gone(ChannelHandlerContext ctx) {
    driver.handle(new ClientLeft(false));
    ctx.close();
  }
}
