package dev.reveille.proxy.session;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.util.Optional;

/** One certificate and everything that is needed to serve it. Immutable, safe from any thread. */
public interface TlsTerminator {
  /** A handler for one connection, server side, without a handshake timeout of its own. */
  SslHandler newHandler(ByteBufAllocator allocator);

  /**
   * What SCRAM-SHA-256-PLUS binds to: the hash of the certificate that {@link #newHandler} serves
   * (RFC 5929, tls-server-end-point). Empty where none is defined.
   */
  Optional<byte[]> tlsServerEndPoint();
}
