package dev.reveille.auth;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a token led to. */
public sealed interface TokenStep {

  /**
   * The issuer says so. Nothing of it has been compared with what the template allows.
   *
   * @param expiresAt the token is worth nothing from this instant on
   * @param mode what its claim says, where one is configured
   * @param databases what its claim says, where one is configured; never empty
   */
  record Proven(TokenIssuer issuer, String subject, Instant expiresAt, Optional<String> mode,
      Optional<List<String>> databases) implements TokenStep {
    public Proven {
      databases = databases.map(List::copyOf);
    }

    /** Without the subject, which may be a person. */
    @Override
    public String toString() {
      return "Proven[issuer=" + issuer.issuer() + ", expiresAt=" + expiresAt + "]";
    }
  }

  /** The login is over. */
  record Refused(TokenRefusal reason) implements TokenStep {}

  /** The issuer's keys cannot be read now, and those read before are too old. */
  record Unavailable() implements TokenStep {}
}
