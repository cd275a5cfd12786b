package dev.reveille.auth;

import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a TLS listener serves: a private key and the certificates that speak for it, the server's own first. The key
 * belongs to the first certificate; this is checked by {@link #load}. Immutable, redacted {@link #toString}.
 */
public record TlsIdentity(PrivateKey key, List<X509Certificate> chain) {

  public TlsIdentity {
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("a TLS identity has at least one certificate");
    }
    chain = List.copyOf(chain);
  }

  /**
   * Reads PEM files. The key may be PKCS#8, SEC1 (EC) or PKCS#1 (RSA), not encrypted.
   *
   * @throws IOException if a file cannot be read or understood, or if the key is not that of the first certificate; the
   *           message names the file and is meant for the operator
   */
  public static TlsIdentity load(Path certificates, Path key) throws IOException {
    return TlsFileContent.read(certificates, key).identity();
  }

  /** The server's own certificate. */
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /** When the first certificate of the chain stops being valid. */
  public Instant expiresAt() {
    return chain.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  /**
   * The hash that SCRAM-SHA-256-PLUS binds to (RFC 5929 section 4.1): of the certificate, with the hash of its
   * signature, SHA-256 instead of MD5 and SHA-1. Empty where there is none (Ed25519, Ed448): PLUS is not offered then.
   */
  public Optional<byte[]> tlsServerEndPoint() {
    return TlsServerEndPoint.of(certificate());
  }

  @Override
  public String toString() {
    return "TlsIdentity[subject=" + certificate().getSubjectX500Principal() + ", expires="
        + expiresAt() + "]";
  }
}
