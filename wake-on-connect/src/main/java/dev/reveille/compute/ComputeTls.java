package dev.reveille.compute;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a compute is spoken to over TCP. The modes are libpq's {@code sslmode} without the two that
 * fall back (PostgreSQL documentation, "SSL Support", 32.19).
 *
 * @param rootCertificate PEM file of the authority; required by the two verifying modes
 */
public record ComputeTls(Mode mode, Optional<Path> rootCertificate) {
  /** No TLS at all. */
  public static final ComputeTls DISABLED = new ComputeTls(Mode.DISABLE, Optional.empty());

  /** What is checked of the compute's certificate. */
  public enum Mode {
    /** Plaintext. */
    DISABLE,
    /** TLS, with any certificate. */
    REQUIRE,
    /** TLS with a certificate that the root signed. */
    VERIFY_CA,
    /** Like {@link #VERIFY_CA}, and the certificate names the host. */
    VERIFY_FULL
  }

  public ComputeTls {
    boolean verifies = mode == Mode.VERIFY_CA || mode == Mode.VERIFY_FULL;
    if (verifies && rootCertificate.isEmpty()) {
      throw new IllegalArgumentException(mode + " needs a root certificate");
    }
  }
}
