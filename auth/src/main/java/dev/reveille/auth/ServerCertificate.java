package dev.reveille.auth;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;

/**
 * The server certificate that a {@link CertificateAuthority} signs: {@code server.crt} and {@code server.key} (0600) in
 * the authority's directory. Covers localhost, 127.0.0.1, ::1, this host's name and configured names.
 */
@SuppressWarnings({"DoNotCallSuggester", "UnusedMethod"})
public final class ServerCertificate {
  private ServerCertificate() {
  }

  /**
   * Opens the certificate; makes one where there is none, or where {@link #renewIfNeeded} would.
   *
   * @param names DNS names (also {@code *.example.org}) and IP addresses that clients may use, beyond the usual ones
   * @throws IllegalArgumentException if a name is neither a DNS name nor an IP address
   */
  public static ServerCertificate open(CertificateAuthority authority, Collection<String> names)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Makes a new key and certificate if the present one is near its end, broken, of another root or for other names.
   * For a scheduler, every few hours; a {@link TlsIdentityWatcher} on the files then takes it up.
   *
   * @return whether it was renewed
   */
  public boolean renewIfNeeded() throws IOException {
    throw new UnsupportedOperationException();
  }

  public Path certificatePath() {
    throw new UnsupportedOperationException();
  }

  public Path keyPath() {
    throw new UnsupportedOperationException();
  }
}
