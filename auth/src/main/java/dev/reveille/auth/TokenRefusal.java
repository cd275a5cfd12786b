package dev.reveille.auth;

/**
 * Why a token is not accepted. The texts are fixed and quote nothing of the token. Whether a reason may
 * be told is decided by {@link #signed}: before the signature was found good, every reason looks like
 * a wrong password; after it, whoever holds the token may be told what is wrong with it.
 */
public enum TokenRefusal {
  // @formatter:off
  TOO_LONG(false, "The token is too long."),
  MALFORMED(false, "The token is not a signed JWT."),
  ALGORITHM(false, "The token is not signed with an accepted algorithm."),
  CRITICAL(false, "The token has a critical header that is not known."),
  UNKNOWN_ISSUER(false, "The token is of no configured issuer."),
  UNKNOWN_KEY(false, "The token is signed with a key that the issuer does not publish."),
  BAD_SIGNATURE(false, "The token's signature is wrong."),
  // Signed by the issuer, and meant for another login: that of a stranger looks the same.
  OTHER_LOGIN(false, "The token is not for this login."),
  MALFORMED_CLAIMS(true, "A claim has a value of the wrong type."),
  WRONG_AUDIENCE(true, "It is for another audience."),
  NO_EXPIRY(true, "It has no expiry (exp)."),
  EXPIRED(true, "It has expired."),
  NOT_YET(true, "It is not valid yet."),
  NO_SUBJECT(true, "The claim that names its subject is missing or empty."),
  NO_MODE(true, "The claim that names its mode is missing."),
  NO_DATABASES(true, "The claim that names its databases is missing or empty.");
  // @formatter:on

  private final boolean signed;
  private final String detail;

  TokenRefusal(boolean signed, String detail) {
    this.signed = signed;
    this.detail = detail;
  }

  /** Whether the client may be told, because its token is really the issuer's. */
  public boolean signed() {
    return signed;
  }

  /** DETAIL of the refusal where it may be told; else for logs. */
  public String detail() {
    return detail;
  }
}
