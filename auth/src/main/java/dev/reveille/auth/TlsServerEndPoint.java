package dev.reveille.auth;

import java.security.cert.X509Certificate;
import java.util.Optional;

/** The tls-server-end-point channel binding of RFC 5929 section 4. */
@SuppressWarnings({"DoNotCallSuggester", "UnusedMethod"})
public final class TlsServerEndPoint {
  private TlsServerEndPoint() {
  }

  /** Hash of a certificate as its signature algorithm asks; empty where that algorithm has no hash of its own. */
  public static Optional<byte[]> of(X509Certificate certificate) {
    throw new UnsupportedOperationException();
  }
}
