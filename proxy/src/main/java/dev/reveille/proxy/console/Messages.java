package dev.reveille.proxy.console;

import dev.reveille.wire.FrameTypes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads and makes messages of a client, whole with their headers (PostgreSQL documentation,
 * Frontend/Backend Protocol, Message Formats). Stateless.
 */
final class Messages {
  private static final int HEADER = 5;

  private Messages() {
  }

  /**
   * A text of a message and how it was written.
   *
   * @param charset that gives the same bytes back, whatever the client's encoding is
   * @param end behind its NUL
   */
  record Text(String value, Charset charset, int end) {}

  /** The first text of a body, or that which begins at {@code start}; a missing NUL is forgiven. */
  static Text text(byte[] message, int start) {
    int end = start;
    while (end < message.length && message[end] != 0) {
      end++;
    }
    byte[] bytes = Arrays.copyOfRange(message, Math.min(start, message.length), end);
    try {
      return new Text(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString(),
          StandardCharsets.UTF_8, end + 1);
    } catch (CharacterCodingException e) {
      return new Text(new String(bytes, StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1,
          end + 1);
    }
  }

  static Text text(byte[] message) {
    return text(message, HEADER);
  }

  static byte[] query(String sql, Charset charset) {
    return message(FrameTypes.QUERY, sql, charset, new byte[0]);
  }

  /** A Parse with this text in place of its own. */
  static byte[] parse(byte[] parse, String sql, Charset charset) {
    int name = text(parse).end();
    Text old = text(parse, name);
    ByteBuf body = Unpooled.buffer();
    body.writeBytes(parse, HEADER, name - HEADER);
    body.writeBytes(sql.getBytes(charset)).writeByte(0);
    body.writeBytes(parse, Math.min(old.end(), parse.length),
        Math.max(0, parse.length - old.end()));
    return framed(FrameTypes.PARSE, body);
  }

  /** A Parse of a statement without parameters; the unnamed one is called "". */
  static byte[] parse(String name, String sql) {
    return message(FrameTypes.PARSE, name, StandardCharsets.UTF_8, (sql + "\0\0\0").getBytes(
        StandardCharsets.UTF_8));
  }

  /** A Bind without parameters, with results as text. */
  static byte[] bind(String portal, String statement) {
    return message(FrameTypes.BIND, portal, StandardCharsets.UTF_8,
        (statement + "\0\0\0\0\0\0\0").getBytes(StandardCharsets.UTF_8));
  }

  /** @param what {@code P} for a portal, {@code S} for a statement */
  static byte[] close(char what, String name) {
    return message(FrameTypes.CLOSE, what + name, StandardCharsets.UTF_8, new byte[0]);
  }

  static byte[] execute(String portal) {
    return message(FrameTypes.EXECUTE, portal, StandardCharsets.UTF_8, new byte[4]);
  }

  static byte[] flush() {
    return framed(FrameTypes.FLUSH, Unpooled.EMPTY_BUFFER);
  }

  private static byte[] message(byte type, String text, Charset charset, byte[] more) {
    ByteBuf body = Unpooled.buffer();
    body.writeBytes(text.getBytes(charset)).writeByte(0).writeBytes(more);
    return framed(type, body);
  }

  private static byte[] framed(byte type, ByteBuf body) {
    ByteBuf message = Unpooled.buffer(HEADER + body.readableBytes());
    message.writeByte(type).writeInt(4 + body.readableBytes()).writeBytes(body);
    return ByteBufUtil.getBytes(message);
  }
}
