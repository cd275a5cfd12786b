package dev.reveille.auth;

import java.util.Optional;

/**
 * Somebody else's word that is taken: who signs tokens, for whom, and what they turn into.
 *
 * @param issuer the exact text of the {@code iss} claim
 * @param audience a text that {@code aud} must contain
 * @param template the login that a client gives; what a token allows is at most what that may do
 * @param claims where in a token it is said who and what
 * @param scope what a client that asks for a token is told to ask for (RFC 7628, section 3.2.2)
 */
public record TokenIssuer(String issuer, String audience, String template, Claims claims,
    String scope) {

  /**
   * Names of claims. One that is named must be in the token: what is missing never means "all".
   *
   * @param subject of whom the token speaks
   * @param mode a claim with {@code ro}, {@code rw} or {@code ddl}
   * @param databases a claim with the ids or names of databases
   */
  public record Claims(String subject, Optional<String> mode, Optional<String> databases) {}
}
