package dev.reveille.proxy.session;

import dev.reveille.auth.ClientAuthority;
import dev.reveille.auth.ClientCertificate;
import dev.reveille.cell.Credential;
import dev.reveille.proxy.session.SessionEvent.Broken;
import dev.reveille.proxy.session.SessionEvent.ProofAccepted;
import dev.reveille.proxy.session.SessionEvent.ProofDenied;
import dev.reveille.proxy.session.SessionEvent.ProofShown;
import dev.reveille.wire.ProofMessage;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * The client's certificate stands for the login that is its common name, and where it was issued here
 * for exactly one credential of that name. Verified once more than in the handshake: a resumed TLS
 * session has none.
 */
final class CertificateProof implements OtherProof {
  private final SessionDriver driver;
  private final String user;
  private final ClientAuthority authority;
  private Optional<ClientCertificate> shown = Optional.empty();

  CertificateProof(SessionDriver driver, String user, ClientAuthority authority) {
    this.driver = driver;
    this.user = user;
    this.authority = authority;
  }

  @Override
  public void open() {
    var chain = chain();
    shown = authority.verify(chain);
    if (shown.isEmpty()) {
      driver.handle(new ProofDenied(new SessionFailure.NotAccepted(
          "connection requires a valid client certificate", Optional.empty(),
          "Get one with: reveille credential cert NAME", false)));
    } else if (!shown.get().commonName().equals(user)) {
      driver.handle(new ProofDenied(failed(Optional.empty())));
    } else {
      driver.handle(new ProofShown());
    }
  }

  private List<X509Certificate> chain() {
    var tls = driver.client().channel().pipeline().get(SslHandler.class);
    try {
      return tls == null
          ? List.of()
          : Arrays.stream(tls.engine().getSession().getPeerCertificates())
              .map(certificate -> certificate instanceof X509Certificate x509 ? x509 : null)
              .filter(Objects::nonNull)
              .toList();
    } catch (SSLPeerUnverifiedException e) {
      return List.of();
    }
  }

  @Override
  public void check(ProofMessage message) {
    driver.handle(new Broken(new SessionFailure.Malformed("message out of order")));
  }

  @Override
  public void judge(Optional<Credential> credential) {
    var issuedFor = shown.flatMap(ClientCertificate::credential);
    if (credential.isEmpty() || shown.isEmpty()) {
      driver.handle(new ProofDenied(failed(Optional.empty())));
    } else if (issuedFor.isPresent() && !issuedFor.get().equals(credential.get().id().value())) {
      driver.handle(new ProofDenied(
          failed(Optional.of("It was issued for an earlier credential of this name."))));
    } else {
      driver.handle(
          new ProofAccepted(credential.get(), driver.rooms().clock().instant()));
    }
  }

  /** The words of PostgreSQL (auth_failed in libpq/auth.c). */
  private SessionFailure failed(Optional<String> detail) {
    return new SessionFailure.NotAccepted(
        "certificate authentication failed for user \"" + user + "\"", detail,
        "The certificate's common name has to be the user.", false);
  }
}
