package dev.reveille.auth;

/**
 * Why a SCRAM exchange ended without success. Every text here is fixed and safe to send to a stranger. Only
 * {@link #WRONG_SECRET} and {@link #BINDING_REQUIRED} depend on who is calling: the first is the same for an unknown
 * name and for a wrong secret, the second is said only to someone who has proved the secret.
 */
public enum ScramRefusal {
  MECHANISM_NOT_OFFERED("08P01", "client selected an invalid SASL authentication mechanism",
      ""), OUT_OF_ORDER("08P01", "SCRAM message out of order",
          "The exchange does not expect a message now."), TOO_LONG("08P01",
              "SCRAM message too long", "A SCRAM message may have up to 2048 bytes."), NOT_TEXT(
                  "08P01", "malformed SCRAM message",
                  "The message is empty, not UTF-8, or holds a zero byte."), BAD_GS2_HEADER("08P01",
                      "malformed SCRAM message",
                      "The channel binding flag must be n, y or p=type."), BINDING_FLAG_MISSING(
                          "08P01", "malformed SCRAM message",
                          "The client selected SCRAM-SHA-256-PLUS without channel binding data."), BINDING_FLAG_UNEXPECTED(
                              "08P01", "malformed SCRAM message",
                              "The client selected SCRAM-SHA-256 but sent channel binding data."), UNKNOWN_BINDING_TYPE(
                                  "08P01", "unsupported SCRAM channel-binding type",
                                  "Only tls-server-end-point is supported."), AUTHORIZATION_IDENTITY(
                                      "0A000",
                                      "client uses authorization identity, but it is not supported",
                                      ""), MANDATORY_EXTENSION("0A000",
                                          "client requires an unsupported SCRAM extension",
                                          ""), ATTRIBUTE_OUT_OF_ORDER("08P01",
                                              "malformed SCRAM message",
                                              "An attribute is missing, repeated or not in its place."), MALFORMED_ATTRIBUTE(
                                                  "08P01", "malformed SCRAM message",
                                                  "An attribute is not of the form letter=value."), BAD_NONCE(
                                                      "08P01", "malformed SCRAM message",
                                                      "The nonce is empty, too long, or holds something else than printable characters."), NOT_BASE64(
                                                          "08P01", "malformed SCRAM message",
                                                          "A value is not canonical base64."), NONCE_MISMATCH(
                                                              "08P01", "invalid SCRAM response",
                                                              "The nonce is not the one of this exchange."), BAD_PROOF_LENGTH(
                                                                  "08P01",
                                                                  "malformed SCRAM message",
                                                                  "The proof does not have 32 bytes."), TRAILING_DATA(
                                                                      "08P01",
                                                                      "malformed SCRAM message",
                                                                      "The proof must come last."), DOWNGRADE(
                                                                          "28000",
                                                                          "SCRAM channel binding negotiation error",
                                                                          "The client supports SCRAM channel binding but thinks the server does not. However, this server does support"
                                                                              + " channel binding."), BINDING_CHECK_FAILED(
                                                                                  "28000",
                                                                                  "SCRAM channel binding check failed",
                                                                                  "The client saw another certificate than the one that was served."), BINDING_REQUIRED(
                                                                                      "28000",
                                                                                      "this credential requires channel binding",
                                                                                      "The secret was proved without SCRAM-SHA-256-PLUS."), WRONG_SECRET(
                                                                                          "28P01",
                                                                                          "password authentication failed",
                                                                                          "");

  private final String sqlState;
  private final String message;
  private final String detail;

  ScramRefusal(String sqlState, String message, String detail) {
    this.sqlState = sqlState;
    this.message = message;
    this.detail = detail;
  }

  /** SQLSTATE of the ErrorResponse, five characters. */
  public String sqlState() {
    return sqlState;
  }

  /** MESSAGE of the ErrorResponse. */
  public String message() {
    return message;
  }

  /** DETAIL of the ErrorResponse; empty where there is nothing to add. */
  public String detail() {
    return detail;
  }

  /** Whether this is a guess that missed, which {@link BadSecretLimiter#failed} should hear of. */
  public boolean isWrongSecret() {
    return this == WRONG_SECRET;
  }
}
