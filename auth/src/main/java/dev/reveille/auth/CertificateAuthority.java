package dev.reveille.auth;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;

/**
 * The deployment's own certificate authority: {@code root.crt} and {@code root.key} (0600) in one directory, ECDSA
 * P-256. Clients that use {@code sslmode=verify-full} are given {@code root.crt}.
 */
@SuppressWarnings({"DoNotCallSuggester", "UnusedMethod"})
public final class CertificateAuthority {
  private final Path directory;

  private CertificateAuthority(Path directory) {
    this.directory = directory;
  }

  /**
   * Opens the authority of a directory; makes directory and authority if there is none.
   *
   * @throws IOException if the files are unreadable, broken or incomplete: a root that clients may trust already is
   *           never replaced
   */
  public static CertificateAuthority openOrCreate(Path directory, InstantSource clock,
      SecureRandom random)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  /** What to give to clients as {@code sslrootcert}. */
  public Path rootCertificatePath() {
    return directory.resolve("root.crt");
  }

  public X509Certificate rootCertificate() {
    throw new UnsupportedOperationException();
  }
}
