package dev.reveille.compute;

import java.util.Optional;

/** What to log in with on a compute. The secret never appears in {@code toString}. */
public record Login(String role, String databaseName, Optional<String> secretText,
    Optional<ClientCertificate> certificate) {
  /** A login that the compute trusts for where it comes from. */
  public static Login trusted(String role, String databaseName) {
    return new Login(role, databaseName, Optional.empty(), Optional.empty());
  }

  @Override
  public String toString() {
    return "Login[role=" + role + ", databaseName=" + databaseName + ", secret="
        + (secretText.isPresent() ? "(redacted)" : "none") + ", certificate="
        + certificate.map(c -> c.certificate().toString()).orElse("none") + "]";
  }
}
