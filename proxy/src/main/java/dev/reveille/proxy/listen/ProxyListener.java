package dev.reveille.proxy.listen;

import dev.reveille.proxy.session.Arrival;
import dev.reveille.proxy.session.Sessions;
import dev.reveille.proxy.session.TlsTerminator;
import dev.reveille.proxy.transport.Keepalive;
import dev.reveille.proxy.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * One port on which clients arrive. Each connection gets a session, which lives on one event loop of
 * {@code loops} for good. Closing the listener stops accepting and touches no session; they are
 * drained by {@link Sessions#drain}.
 */
public final class ProxyListener implements AutoCloseable {
  /** PROXY headers carry TLVs that are not looked at; more of them than this is no balancer's. */
  private static final int MAX_TLV_BYTES = 4096;

  private final Channel channel;

  private ProxyListener(Channel channel) {
    this.channel = channel;
  }

  /**
   * Listens from when this returns.
   *
   * @param acceptors one thread is enough
   * @param tls asked for each connection, so that a renewed certificate is served without a restart;
   *     empty where this listener has no TLS
   * @throws IOException if the address cannot be bound
   */
  public static ProxyListener bind(ListenerSettings settings, Transport transport,
      EventLoopGroup acceptors, EventLoopGroup loops, Sessions sessions,
      Supplier<Optional<TlsTerminator>> tls) throws IOException {
    var bound = new ServerBootstrap().group(acceptors, loops)
        .channelFactory(transport.tcpListener())
        .option(ChannelOption.SO_BACKLOG, settings.backlog())
        .option(ChannelOption.SO_REUSEADDR, true)
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel client) {
            arrive(client, settings, sessions, tls.get());
          }
        })
        .bind(settings.address())
        .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("cannot listen on " + settings.address(), bound.cause());
    }
    return new ProxyListener(bound.channel());
  }

  /**
   * The pipeline of a client, from the socket inwards. What is in brackets comes and goes:
   *
   * <pre>
   * [tls]      decrypts; put first when the client asks for TLS, stays to the end
   * [version]  refuses PROXY headers that are not of version 2; gone with the first byte
   * [header]   decodes the PROXY header; gone with the last byte of it
   * [client]   tells the session who the header named; gone with the header
   * [packets]  initial packets, up to the StartupMessage
   * [frames]   in its place: cuts messages of the proof out of the stream
   * [proof]    reads them
   * [ahead]    in their place: keeps what the client sends before the compute is there
   * [life]     the end of the connection, errors, the TLS handshake
   * [relay]    in their place: forwards everything
   * </pre>
   */
  static void arrive(Channel client, ListenerSettings settings, Sessions sessions,
      Optional<TlsTerminator> tls) {
    Keepalive keepalive = settings.keepalive();
    keepalive.tune(client);
    Arrival arrival = sessions.arrived(client, settings.proxyHeader(), settings.proof(), tls);
    if (settings.proxyHeader()) {
      client.pipeline().addFirst("client", new ProxyHeaderHandler(arrival));
      client.pipeline().addFirst("header", new HAProxyMessageDecoder(MAX_TLV_BYTES));
      client.pipeline().addFirst("version", new ProxyHeaderHandler.OnlyVersion2(arrival));
    }
  }

  /** Where it listens, with the port that was taken. */
  public InetSocketAddress address() {
    return (InetSocketAddress) channel.localAddress();
  }

  /** Stops accepting. */
  @Override
  public void close() {
    channel.close().awaitUninterruptibly();
  }
}
