package dev.reveille.auth;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Judges client certificates: a chain to the configured authority (PKIX, RFC 5280), valid now, and
 * meant for clients, which it has to say (extended key usage clientAuth). No revocation lists are
 * asked: what a certificate lets in is revoked with its credential. Immutable, safe from any thread,
 * never blocks.
 */
public final class ClientAuthority {
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  private final List<X509Certificate> roots;
  private final Set<TrustAnchor> anchors;
  private final boolean own;
  private final InstantSource clock;

  private ClientAuthority(List<X509Certificate> roots, boolean own, InstantSource clock) {
    this.roots = List.copyOf(roots);
    this.anchors = roots.stream()
        .map(root -> new TrustAnchor(root, null))
        .collect(Collectors.toUnmodifiableSet());
    this.own = own;
    this.clock = clock;
  }

  /** The deployment's own: whatever it signs for a client names the credential's id. */
  static ClientAuthority own(X509Certificate root, InstantSource clock) {
    return new ClientAuthority(List.of(root), true, clock);
  }

  /**
   * Somebody else's: the certificates of a PEM file. What they sign may lack a credential's id, and
   * is then good for every credential of its name, also for one that is made later.
   *
   * @throws IOException if the file cannot be read or has no certificate; names the file
   */
  public static ClientAuthority load(Path file, InstantSource clock) throws IOException {
    return new ClientAuthority(PemFiles.certificates(Files.readAllBytes(file), file), false, clock);
  }

  /** What the certificate, which the client showed to hold the key of, says; empty if it is not good. */
  public Optional<ClientCertificate> verify(List<X509Certificate> chain) {
    try {
      check(chain);
      return ClientCertificate.of(chain.getFirst())
          .filter(certificate -> !own || certificate.credential().isPresent());
    } catch (CertificateException e) {
      return Optional.empty();
    }
  }

  /** The same judgement during the handshake, which ends with an alert if it is not good. */
  public X509ExtendedTrustManager trustManager() {
    return new Judge();
  }

  private void check(List<X509Certificate> chain) throws CertificateException {
    if (chain.isEmpty()) {
      throw new CertificateException("there is no certificate");
    }
    try {
      var parameters = new PKIXParameters(anchors);
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(clock.instant()));
      // A chain may end in the root itself, which PKIX does not want to see again.
      var path = chain.stream().filter(certificate -> !roots.contains(certificate)).toList();
      if (path.isEmpty()) {
        throw new CertificateException("an authority's own certificate is no client's");
      }
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
      var usage = path.getFirst().getExtendedKeyUsage();
      if (usage == null || !usage.contains(CLIENT_AUTH)) {
        throw new CertificateException("the certificate is not meant for clients");
      }
    } catch (CertificateException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new CertificateException("the certificate is not good", e);
    }
  }

  private final class Judge extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(Arrays.asList(chain));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(Arrays.asList(chain));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(Arrays.asList(chain));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("this judges clients");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw new CertificateException("this judges clients");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("this judges clients");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return roots.toArray(X509Certificate[]::new);
    }
  }
}
