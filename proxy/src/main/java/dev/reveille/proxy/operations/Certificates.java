package dev.reveille.proxy.operations;

import dev.reveille.auth.CertificateAuthority;
import dev.reveille.auth.IssuedCertificate;
import dev.reveille.cell.Catalog;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.proxy.operations.OperationFailure.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Issues client certificates for credentials, signed by the home's own authority. Each names one
 * credential by its id and never outlives it; the private key stays with whoever asks. Blocks; throws
 * {@link OperationFailure}.
 */
public final class Certificates {
  /** How long a certificate lives when nothing was said, and at most. */
  public static final Duration LONGEST = Duration.ofHours(24);

  /** {@code expiresAt} in ISO 8601; the URL lacks the files, whose places the caller knows. */
  public record Issued(String certificate, String expiresAt, String url) {}

  private final Catalog catalog;
  private final Optional<CertificateAuthority> authority;
  private final Supplier<Optional<ConnectionStrings>> connectionStrings;
  private final InstantSource clock;

  /** The connection strings are those of a listener for certificates; empty if there is none. */
  public Certificates(Catalog catalog, Optional<CertificateAuthority> authority,
      Supplier<Optional<ConnectionStrings>> connectionStrings, InstantSource clock) {
    this.catalog = catalog;
    this.authority = authority;
    this.connectionStrings = connectionStrings;
    this.clock = clock;
  }

  /**
   * Certifies a key for the credential with this name.
   *
   * @param key SubjectPublicKeyInfo of a P-256 key, in base64
   */
  public Issued issue(String name, String key, Optional<Duration> life) {
    ConnectionStrings strings = connectionStrings.get()
        .orElseThrow(() -> new OperationFailure(Kind.NOT_ALLOWED,
            "no listener takes certificates of the home's own authority",
            "Give a listener \"proof: certificate\"; see docs/proofs.md."));
    if (life.isPresent() && (life.get().compareTo(LONGEST) > 0 || !life.get().isPositive())) {
      throw new OperationFailure(Kind.INVALID, "a certificate lives for at most 24h",
          "Ask for a new one when it ends.");
    }
    try {
      Credential credential = catalog.credential(name)
          .filter(found -> found.account().equals(catalog.defaultAccount()))
          .orElseThrow(() -> OperationFailure.noSuchCredential(name));
      if (credential.revoked() || !clock.instant().isBefore(credential.expiresAt())) {
        throw new OperationFailure(Kind.NOT_ALLOWED,
            "credential \"" + name + "\" " + (credential.revoked() ? "is revoked" : "has expired"),
            "Make another with: reveille credential create");
      }
      IssuedCertificate made = authority.orElseThrow()
          .certify(Base64.getDecoder().decode(key), name, credential.id().value(),
              life.orElse(LONGEST), credential.expiresAt());
      return new Issued(made.pem(), made.expiresAt().toString(),
          strings.of(name, Optional.empty(), database(credential)));
    } catch (IllegalArgumentException e) {
      throw new OperationFailure(Kind.INVALID, String.valueOf(e.getMessage()), "");
    } catch (CatalogException e) {
      throw new OperationFailure(Kind.UNAVAILABLE,
          Objects.requireNonNullElse(e.getMessage(), "the catalog failed"),
          "It is safe to try again.");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String database(Credential credential) {
    return catalog.databases(credential.account())
        .stream()
        .map(DatabaseRecord::route)
        .filter(route -> credential.databases().allows(route.database()))
        .map(route -> route.name())
        .findFirst()
        .orElse("");
  }
}
