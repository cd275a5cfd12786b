package dev.reveille.compute;

import java.util.Map;
import java.util.Optional;

/**
 * What to log in with on a compute. The secret never appears in {@code toString}.
 *
 * @param settings sent in the startup packet whatever the client sent under these names, so that
 *     nothing which a role has stored for itself decides them
 */
public record Login(String role, String databaseName, Optional<String> secretText,
    Optional<ClientCertificate> certificate, Map<String, String> settings) {
  public Login {
    settings = Map.copyOf(settings);
  }

  /** A login without settings of its own. */
  public Login(String role, String databaseName, Optional<String> secretText,
      Optional<ClientCertificate> certificate) {
    this(role, databaseName, secretText, certificate, Map.of());
  }

  /** A login that the compute trusts for where it comes from. */
  public static Login trusted(String role, String databaseName) {
    return trusted(role, databaseName, Map.of());
  }

  /** The same with settings. */
  public static Login trusted(String role, String databaseName, Map<String, String> settings) {
    return new Login(role, databaseName, Optional.empty(), Optional.empty(), settings);
  }

  @Override
  public String toString() {
    return "Login[role=" + role + ", databaseName=" + databaseName + ", secret="
        + (secretText.isPresent() ? "(redacted)" : "none") + ", certificate="
        + certificate.map(c -> c.certificate().toString()).orElse("none") + ", settings="
        + settings + "]";
  }
}
