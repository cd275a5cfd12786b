package dev.reveille.proxy.app;

import dev.reveille.auth.CertificateAuthority;
import dev.reveille.auth.ClientAuthority;
import dev.reveille.auth.KeySource;
import dev.reveille.auth.OauthBearer;
import dev.reveille.auth.TokenIssuer;
import dev.reveille.auth.TokenVerifier;
import dev.reveille.proxy.config.Configuration;
import dev.reveille.proxy.config.Configuration.Issuer;
import dev.reveille.proxy.config.Configuration.Listener;
import dev.reveille.proxy.config.ListenerProof;
import dev.reveille.proxy.session.ProofDemand;
import dev.reveille.proxy.token.PublishedKeys;
import java.io.IOException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What each listener asks of clients, as it is configured. Nothing of an issuer is read yet. */
final class Demands {
  private final Home home;
  private final TlsSetup tls;
  private final TokenVerifier verifier;
  private final Optional<byte[]> challenge;

  Demands(Home home, Configuration configuration, TlsSetup tls) {
    this.home = home;
    this.tls = tls;
    Map<TokenIssuer, KeySource> issuers = new LinkedHashMap<>();
    for (Issuer issuer : configuration.issuers()) {
      issuers.put(issuer(issuer), PublishedKeys.at(issuer.keys(), home.root()));
    }
    challenge = issuers.keySet().stream().findFirst().map(OauthBearer::challenge);
    // Reading keys blocks, and is rare: a thread for each token, which costs next to nothing.
    verifier = new TokenVerifier(issuers, InstantSource.system(), System::nanoTime,
        work -> Thread.ofVirtual().name("reveille-token").start(work));
  }

  /** Whether any listener takes what the home's own authority signs. */
  static boolean ownClients(Configuration configuration) {
    return configuration.listeners()
        .stream()
        .anyMatch(listener -> listener.proof() == ListenerProof.CERTIFICATE
            && listener.clientAuthority().isEmpty());
  }

  ProofDemand of(Listener listener) throws IOException {
    return switch (listener.proof()) {
      case SCRAM -> new ProofDemand.Scram();
      case TOKEN -> new ProofDemand.Token(verifier, Optional.empty());
      case OAUTHBEARER -> new ProofDemand.Token(verifier, challenge);
      case CERTIFICATE -> new ProofDemand.Certificate(listener.clientAuthority().isPresent()
          ? ClientAuthority.load(home.resolve(listener.clientAuthority().get()),
              InstantSource.system())
          : tls.authority().map(CertificateAuthority::clients).orElseThrow());
    };
  }

  private static TokenIssuer issuer(Issuer issuer) {
    return new TokenIssuer(issuer.issuer(), issuer.audience(), issuer.template(),
        new TokenIssuer.Claims(issuer.subject(), issuer.mode(), issuer.databases()),
        issuer.scope());
  }
}
