package dev.reveille.wire;

/**
 * What ReadyForQuery says of the transaction (PostgreSQL documentation, Frontend/Backend Protocol,
 * Message Formats, ReadyForQuery).
 */
public enum TransactionStatus {
  IDLE('I'), IN_TRANSACTION('T'), FAILED('E');

  private final byte code;

  TransactionStatus(char code) {
    this.code = (byte) code;
  }

  /** The byte on the wire. */
  public byte code() {
    return code;
  }

  /** Whether this is one of the three bytes that ReadyForQuery may carry. */
  static boolean isCode(byte code) {
    return code == 'I' || code == 'T' || code == 'E';
  }

  /**
   * The status that this byte stands for.
   *
   * @throws MalformedMessageException for any other byte
   */
  public static TransactionStatus of(byte code) {
    return switch (code) {
      case 'I' -> IDLE;
      case 'T' -> IN_TRANSACTION;
      case 'E' -> FAILED;
      default -> throw MalformedMessageException.violation("unknown transaction status");
    };
  }
}
