package dev.reveille.wire;

import io.netty.buffer.ByteBuf;

/**
 * What a client sends while it proves who it is: the bodies of {@code p} messages (PostgreSQL
 * documentation, Frontend/Backend Protocol, Message Formats: PasswordMessage, SASLInitialResponse,
 * SASLResponse). The letter does not say which one
 * it is; the caller knows from what it asked. Arrays belong to the message: do not change them.
 */
@SuppressWarnings("ArrayRecordComponent")
public sealed interface ProofMessage {

  /** {@code data} is empty also where the client sent no initial response. */
  record SaslInitialResponse(String mechanism, byte[] data) implements ProofMessage {
    @Override
    public String toString() {
      return "SaslInitialResponse[" + data.length + " bytes]";
    }
  }

  record SaslResponse(byte[] data) implements ProofMessage {
    @Override
    public String toString() {
      return "SaslResponse[" + data.length + " bytes]";
    }
  }

  /** The answer to AuthenticationCleartextPassword. */
  record Password(String text) implements ProofMessage {
    @Override
    public String toString() {
      return "Password[" + text.length() + " characters]";
    }
  }

  /**
   * Consumes the body of the answer to AuthenticationCleartextPassword: one string, nothing else.
   *
   * @throws MalformedMessageException when it is not exactly that, or not UTF-8
   */
  static Password consumePassword(ByteBuf body) {
    String text = CStrings.consumeStrict(body);
    if (body.isReadable()) {
      throw MalformedMessageException.violation("invalid length of password message");
    }
    return new Password(text);
  }

  /**
   * Consumes the body of the answer to AuthenticationSASL: mechanism, Int32 length or -1, data.
   *
   * @throws MalformedMessageException when it is not exactly that
   */
  static SaslInitialResponse consumeInitialResponse(ByteBuf body) {
    String mechanism = CStrings.consumeStrict(body);
    if (body.readableBytes() < 4) {
      throw MalformedMessageException.violation("insufficient data left in message");
    }
    int length = body.readInt();
    if (length < -1 || Math.max(length, 0) != body.readableBytes()) {
      throw MalformedMessageException.violation("invalid length of SASL response");
    }
    return new SaslInitialResponse(mechanism, rest(body));
  }

  /** Consumes the body of the answer to AuthenticationSASLContinue: all of it is data. */
  static SaslResponse consumeResponse(ByteBuf body) {
    return new SaslResponse(rest(body));
  }

  private static byte[] rest(ByteBuf body) {
    byte[] data = new byte[body.readableBytes()];
    body.readBytes(data);
    return data;
  }
}
