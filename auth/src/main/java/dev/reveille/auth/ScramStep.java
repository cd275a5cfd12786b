package dev.reveille.auth;

/** What one message of the client led to. The arrays belong to the receiver. */
public sealed interface ScramStep {

  /** Send this as AuthenticationSASLContinue and wait for the client's last message. */
  @SuppressWarnings("ArrayRecordComponent")
  record Continue(byte[] serverFirst) implements ScramStep {}

  /** The client's last message is in order: ask {@link ScramExchange#judge} what its proof is worth. */
  record Claimed() implements ScramStep {}

  /**
   * The client knows the secret. Send {@code serverFinal} as AuthenticationSASLFinal, then AuthenticationOk.
   *
   * @param candidate index of the verifier that was proven, in the order they were given
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Proven(byte[] serverFinal, int candidate) implements ScramStep {}

  /** The login is over. Nothing more may be asked of the exchange. */
  record Refused(ScramRefusal reason) implements ScramStep {}
}
