package dev.reveille.auth;

/**
 * The SASL mechanism names that PostgreSQL knows, spelled as AuthenticationSASL sends them (PostgreSQL documentation,
 * "SASL Authentication"; RFC 7677).
 */
public final class ScramMechanism {
  public static final String SCRAM_SHA_256 = "SCRAM-SHA-256";
  public static final String SCRAM_SHA_256_PLUS = "SCRAM-SHA-256-PLUS";

  /** The only channel binding type of PostgreSQL (RFC 5929 section 4), as in the gs2 header. */
  static final String TLS_SERVER_END_POINT = "tls-server-end-point";

  private ScramMechanism() {
  }
}
