package dev.reveille.wire;

import io.netty.handler.codec.DecoderException;
import java.io.Serial;

/**
 * Bytes that are not what the protocol allows at this place. Carries no stack trace, since a
 * stranger decides how often it is thrown. The message never quotes what was sent, so it may be
 * both logged and sent back.
 */
public final class MalformedMessageException extends DecoderException {

  @Serial
  private static final long serialVersionUID = 1L;

  private final String sqlState;

  /**
   * A refusal of what was read.
   *
   * @param sqlState five characters, see {@link SqlStates}
   * @param message safe to send to the peer
   */
  public MalformedMessageException(String sqlState, String message) {
    super(message);
    this.sqlState = sqlState;
  }

  static MalformedMessageException violation(String message) {
    return new MalformedMessageException(SqlStates.PROTOCOL_VIOLATION, message);
  }

  /** 08P01 unless PostgreSQL uses another one for this case. */
  public String sqlState() {
    return sqlState;
  }

  /** The refusal to send before closing. */
  public ErrorFields toErrorFields() {
    return ErrorFields.of(Severity.FATAL, sqlState, String.valueOf(getMessage()));
  }

  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized")
  public Throwable fillInStackTrace() {
    return this;
  }
}
