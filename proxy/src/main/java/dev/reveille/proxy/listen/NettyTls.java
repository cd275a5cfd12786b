package dev.reveille.proxy.listen;

import dev.reveille.auth.ClientAuthority;
import dev.reveille.auth.TlsIdentity;
import dev.reveille.proxy.session.TlsTerminator;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS by BoringSSL where its library loads, else by the JDK: 1.2 and newer, with the application
 * protocol {@code postgresql} for those who ask (Frontend/Backend Protocol, Message Flow, SSL).
 */
public final class NettyTls implements TlsTerminator {
  /** The name that clients ask for in a direct TLS connection. */
  private static final String ALPN = "postgresql";

  private final SslContext context;
  private final Optional<byte[]> tlsServerEndPoint;

  private NettyTls(SslContext context, Optional<byte[]> tlsServerEndPoint) {
    this.context = context;
    this.tlsServerEndPoint = tlsServerEndPoint;
  }

  /**
   * Serves this certificate.
   *
   * @param protocols in the JDK's spelling, for instance {@code TLSv1.3}
   * @throws IllegalArgumentException if the identity cannot be used
   */
  public static NettyTls of(TlsIdentity identity, List<String> protocols) {
    return of(identity, protocols, Optional.empty());
  }

  /**
   * Serves this certificate, and asks clients for theirs where there is an authority to judge them:
   * one that is not good ends the handshake; none at all is for the session to refuse.
   */
  public static NettyTls of(TlsIdentity identity, List<String> protocols,
      Optional<ClientAuthority> clients) {
    return of(identity, protocols, clients,
        OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK);
  }

  static NettyTls of(TlsIdentity identity, List<String> protocols,
      Optional<ClientAuthority> clients, SslProvider provider) {
    try {
      var builder = SslContextBuilder
          .forServer(identity.key(), identity.chain().toArray(X509Certificate[]::new))
          .sslProvider(provider)
          .protocols(protocols)
          .applicationProtocolConfig(new ApplicationProtocolConfig(Protocol.ALPN,
              SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, ALPN));
      clients.ifPresent(authority -> builder.trustManager(authority.trustManager())
          .clientAuth(ClientAuth.OPTIONAL));
      return new NettyTls(builder.build(), identity.tlsServerEndPoint());
    } catch (SSLException e) {
      throw new IllegalArgumentException("the TLS identity cannot be served", e);
    }
  }

  /**
   * Always what {@code identity} says now: when it says something new, connections from then on are
   * served with that, and the others keep what they have.
   */
  public static Supplier<Optional<TlsTerminator>> following(Supplier<TlsIdentity> identity,
      List<String> protocols, Optional<ClientAuthority> clients) {
    return new Supplier<>() {
      private @Nullable TlsIdentity served;
      private Optional<TlsTerminator> current = Optional.empty();

      @Override
      public synchronized Optional<TlsTerminator> get() {
        var latest = identity.get();
        if (!latest.equals(served)) {
          current = Optional.of(of(latest, protocols, clients));
          served = latest;
        }
        return current;
      }
    };
  }

  @Override
  public SslHandler newHandler(ByteBufAllocator allocator) {
    var handler = context.newHandler(allocator);
    // The session's login timeout covers the handshake too.
    handler.setHandshakeTimeoutMillis(0);
    return handler;
  }

  @Override
  public Optional<byte[]> tlsServerEndPoint() {
    return tlsServerEndPoint.map(byte[]::clone);
  }
}
