package dev.reveille.wire;

/** The SQLSTATEs of decoding (PostgreSQL documentation, appendix PostgreSQL Error Codes). */
public final class SqlStates {

  /** protocol_violation. */
  public static final String PROTOCOL_VIOLATION = "08P01";

  /** feature_not_supported. */
  public static final String FEATURE_NOT_SUPPORTED = "0A000";

  /** invalid_authorization_specification. */
  public static final String INVALID_AUTHORIZATION = "28000";

  /** syntax_error. */
  public static final String SYNTAX_ERROR = "42601";

  /** internal_error; what Postgres assumes where none was given. */
  public static final String INTERNAL_ERROR = "XX000";

  private SqlStates() {
  }
}
