package dev.reveille.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/**
 * The deployment's own certificate authority: {@code root.crt} and {@code root.key} (0600) in one directory, ECDSA
 * P-256, valid for ten years. Clients that use {@code sslmode=verify-full} are given {@code root.crt}. Immutable; its
 * methods block on the disk.
 */
public final class CertificateAuthority {
  private final Path directory;
  private final TlsIdentity root;
  private final InstantSource clock;
  private final CertificateMaker maker;

  private CertificateAuthority(Path directory, TlsIdentity root, InstantSource clock,
      CertificateMaker maker) {
    this.directory = directory;
    this.root = root;
    this.clock = clock;
    this.maker = maker;
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
    CertificateMaker maker = new CertificateMaker(random);
    Path certificate = directory.resolve("root.crt");
    Path key = directory.resolve("root.key");
    if (!Files.exists(certificate)) {
      Files.createDirectories(directory);
      TlsIdentity made = maker.root(clock.instant());
      // The certificate comes last: a key without one was never used, and is made anew.
      AtomicFile.writePrivate(key, Pem.encode(Pem.PKCS8, made.key().getEncoded()));
      AtomicFile.writePublic(certificate, Pem.encode(Pem.CERTIFICATE, encoded(made.certificate())));
    } else if (!Files.exists(key)) {
      throw new IOException(
          certificate + " has lost its key " + key + ": restore it, or remove " + certificate
              + " to make a new authority (clients then need the new root)");
    }
    return new CertificateAuthority(directory, TlsIdentity.load(certificate, key), clock, maker);
  }

  /** What to give to clients as {@code sslrootcert}. */
  public Path rootCertificatePath() {
    return directory.resolve("root.crt");
  }

  /** The root itself. It is never renewed by itself: clients hold copies of it. */
  public X509Certificate rootCertificate() {
    return root.certificate();
  }

  Path directory() {
    return directory;
  }

  Instant now() {
    return clock.instant();
  }

  TlsIdentity issue(ServerNames names) throws IOException {
    return maker.server(root, names, clock.instant());
  }

  /**
   * Certifies that whoever holds the private half of {@code key} is {@code credential}, from now on
   * for as long as {@code life}, or up to {@code end} if that comes first.
   *
   * @param key SubjectPublicKeyInfo of an EC key on P-256
   * @param credential its name, 1 to 63 of {@code a-z 0-9 _}
   * @param id tells it from an earlier or later credential of the same name
   * @throws IllegalArgumentException if the key is of another kind, or nothing is left of the time
   */
  public IssuedCertificate certify(byte[] key, String credential, UUID id, Duration life,
      Instant end) throws IOException {
    Instant now = clock.instant();
    Instant wanted = now.plus(life);
    // Certificates count in seconds, and never outlive what they stand for.
    Instant last = (wanted.isBefore(end) ? wanted : end).truncatedTo(ChronoUnit.SECONDS);
    if (!last.isAfter(now)) {
      throw new IllegalArgumentException("no time is left for a certificate");
    }
    X509Certificate made = maker.client(root, P256.publicKey(key), credential,
        ClientCertificate.ID + id, now, last);
    return new IssuedCertificate(
        new String(Pem.encode(Pem.CERTIFICATE, encoded(made)), StandardCharsets.US_ASCII),
        made.getNotAfter().toInstant());
  }

  /** Judges the certificates that {@link #certify} made: only those with an id are taken. */
  public ClientAuthority clients() {
    return ClientAuthority.own(root.certificate(), clock);
  }

  static byte[] encoded(X509Certificate certificate) throws IOException {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IOException(e);
    }
  }
}
