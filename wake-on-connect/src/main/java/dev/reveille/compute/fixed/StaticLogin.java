package dev.reveille.compute.fixed;

import dev.reveille.compute.ClientCertificate;
import java.util.Optional;

/**
 * As whom a credential logs in on a static compute: any role there, with its secret or a client
 * certificate, or neither where the compute trusts the proxy. The secret is never printed.
 */
public record StaticLogin(String role, Optional<String> secretText,
    Optional<ClientCertificate> certificate) {
  public StaticLogin {
    if (role.isEmpty()) {
      throw new IllegalArgumentException("a login needs a role");
    }
  }

  @Override
  public String toString() {
    return "StaticLogin[role=" + role + ", secret="
        + (secretText.isPresent() ? "(redacted)" : "none") + ", certificate="
        + (certificate.isPresent() ? "yes" : "none") + "]";
  }
}
