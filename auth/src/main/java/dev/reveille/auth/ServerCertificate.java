package dev.reveille.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/**
 * The server certificate that a {@link CertificateAuthority} signs: {@code server.crt} and {@code server.key} (0600) in
 * the authority's directory. Covers localhost, 127.0.0.1, ::1, this host's name and configured names. Valid for 90
 * days, renewed with a fresh key when 30 are left. Its methods block on the disk; one scheduler calls them.
 */
public final class ServerCertificate {
  /** How long before its end a certificate is renewed. */
  static final Duration RENEW_BEFORE = Duration.ofDays(30);

  private final CertificateAuthority authority;
  private final ServerNames names;

  private ServerCertificate(CertificateAuthority authority, ServerNames names) {
    this.authority = authority;
    this.names = names;
  }

  /**
   * Opens the certificate; makes one where there is none, or where {@link #renewIfNeeded} would.
   *
   * @param names DNS names (also {@code *.example.org}) and IP addresses that clients may use, beyond the usual ones
   * @throws IllegalArgumentException if a name is neither a DNS name nor an IP address
   */
  public static ServerCertificate open(CertificateAuthority authority, Collection<String> names)
      throws IOException {
    return open(authority, names, ServerNames.hostName());
  }

  static ServerCertificate open(CertificateAuthority authority, Collection<String> names,
      Optional<String> hostName)
      throws IOException {
    ServerCertificate certificate = new ServerCertificate(authority,
        ServerNames.of(names, hostName));
    certificate.renewIfNeeded();
    return certificate;
  }

  /**
   * Makes a new key and certificate if the present one is near its end, broken, of another root or for other names.
   * For a scheduler, every few hours; a {@link TlsIdentityWatcher} on the files then takes it up.
   *
   * @return whether it was renewed
   */
  public boolean renewIfNeeded() throws IOException {
    if (Files.exists(certificatePath()) && Files.exists(keyPath()) && isSound()) {
      return false;
    }
    TlsIdentity made = authority.issue(names);
    AtomicFile.writePrivate(keyPath(), Pem.encode(Pem.PKCS8, made.key().getEncoded()));
    AtomicFile.writePublic(certificatePath(),
        Pem.encode(Pem.CERTIFICATE, CertificateAuthority.encoded(made.certificate())));
    return true;
  }

  public Path certificatePath() {
    return authority.directory().resolve("server.crt");
  }

  public Path keyPath() {
    return authority.directory().resolve("server.key");
  }

  private boolean isSound() {
    try {
      X509Certificate present = TlsIdentity.load(certificatePath(), keyPath()).certificate();
      X509Certificate root = authority.rootCertificate();
      present.verify(root.getPublicKey());
      Instant now = authority.now();
      Instant end = present.getNotAfter().toInstant();
      // Where the root itself is near its end, a new certificate would live no longer.
      boolean fresh = end.minus(RENEW_BEFORE).isAfter(now)
          || !end.isBefore(root.getNotAfter().toInstant());
      boolean started = !present.getNotBefore().toInstant().isAfter(now);
      return fresh && started && ServerNames.of(present).equals(names);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }
}
