package dev.reveille.proxy.app;

import dev.reveille.auth.CertificateAuthority;
import dev.reveille.auth.ServerCertificate;
import dev.reveille.auth.TlsIdentityWatcher;
import dev.reveille.proxy.config.Configuration;
import dev.reveille.proxy.http.Readiness.Check;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate that clients see: configured files, or one that the home's own authority signs.
 * {@link #poll} renews and reloads; it is called by a scheduler and blocks.
 */
final class TlsSetup {
  private static final Logger log = LoggerFactory.getLogger(TlsSetup.class);
  private static final Duration EXPIRES_SOON = Duration.ofDays(7);

  private final TlsIdentityWatcher watcher;
  private final Optional<ServerCertificate> own;
  private final Optional<Path> root;
  private final Optional<CertificateAuthority> authority;
  private final InstantSource clock;

  private TlsSetup(TlsIdentityWatcher watcher, Optional<ServerCertificate> own,
      Optional<Path> root, Optional<CertificateAuthority> authority, InstantSource clock) {
    this.watcher = watcher;
    this.own = own;
    this.root = root;
    this.authority = authority;
    this.clock = clock;
  }

  /** {@code clients}: whether the home's own authority is to judge client certificates. */
  static TlsSetup open(Home home, Configuration.Tls tls, boolean clients, InstantSource clock)
      throws StartFailure {
    try {
      if (tls.certificate().isPresent() && tls.key().isPresent()) {
        return new TlsSetup(TlsIdentityWatcher.open(home.resolve(tls.certificate().get()),
            home.resolve(tls.key().get()), clock), Optional.empty(), Optional.empty(),
            clients
                ? Optional.of(
                    CertificateAuthority.openOrCreate(home.tls(), clock, new SecureRandom()))
                : Optional.empty(),
            clock);
      }
      CertificateAuthority authority = CertificateAuthority.openOrCreate(home.tls(), clock,
          new SecureRandom());
      ServerCertificate own = ServerCertificate.open(authority, tls.names());
      return new TlsSetup(TlsIdentityWatcher.open(own.certificatePath(), own.keyPath(), clock),
          Optional.of(own), Optional.of(authority.rootCertificatePath()), Optional.of(authority),
          clock);
    } catch (IOException | IllegalArgumentException e) {
      throw new StartFailure(StartFailure.Kind.CONFIGURATION,
          "the certificate cannot be used: " + e.getMessage(),
          "See tls in docs/configuration.md, and " + home.tls() + ".");
    }
  }

  TlsIdentityWatcher watcher() {
    return watcher;
  }

  /** What clients have to trust; none if the certificate came from elsewhere. */
  Optional<Path> root() {
    return root;
  }

  /** The home's own authority, where there is one. */
  Optional<CertificateAuthority> authority() {
    return authority;
  }

  void poll() {
    try {
      if (own.isPresent() && own.get().renewIfNeeded()) {
        log.info("renewed the server certificate");
      }
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("reason", e.getMessage())
          .log("the server certificate could not be renewed");
    }
    switch (watcher.poll()) {
      case TlsIdentityWatcher.Poll.Unchanged same -> {
      }
      case TlsIdentityWatcher.Poll.Reloaded reloaded -> log.info("took up a new certificate");
      case TlsIdentityWatcher.Poll.Broken broken -> log.atWarn()
          .addKeyValue("reason", broken.reason())
          .log("a new certificate cannot be served; the one from before stays");
    }
  }

  double secondsLeft() {
    return Duration.between(clock.instant(), watcher.expiresAt()).toSeconds();
  }

  Check check() {
    if (secondsLeft() <= 0) {
      return Check.failed("certificate", "expired at " + watcher.expiresAt());
    }
    if (secondsLeft() < EXPIRES_SOON.toSeconds()) {
      return new Check("certificate", true, "expires at " + watcher.expiresAt());
    }
    return watcher.problem()
        .map(problem -> new Check("certificate", true, problem))
        .orElseGet(() -> Check.ok("certificate"));
  }
}
