package dev.reveille.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** The protocol's String: bytes up to a NUL (Frontend/Backend Protocol, Message Data Types). */
final class CStrings {

  private CStrings() {
  }

  /** Consumes one string and its NUL; refuses what is not UTF-8. */
  static String consumeStrict(ByteBuf in) {
    byte[] bytes = consumeBytes(in);
    if (!isUtf8(bytes)) {
      throw MalformedMessageException.violation("invalid UTF-8 in message");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * Consumes one string and its NUL. A compute speaks the client's encoding, so what is not UTF-8
   * is taken as ISO 8859-1, which keeps every byte apart.
   */
  static String consumeLenient(ByteBuf in) {
    byte[] bytes = consumeBytes(in);
    return new String(bytes, charsetOf(bytes));
  }

  /** Consumes the bytes before the next NUL, and the NUL. */
  static byte[] consumeBytes(ByteBuf in) {
    int length = in.bytesBefore((byte) 0);
    if (length < 0) {
      throw MalformedMessageException.violation("string without terminator in message");
    }
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    in.skipBytes(1);
    return bytes;
  }

  /** UTF-8 where the bytes are that, else ISO 8859-1. */
  static Charset charsetOf(byte[] bytes) {
    return isUtf8(bytes) ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
  }

  private static boolean isUtf8(byte[] bytes) {
    return ByteBufUtil.isText(Unpooled.wrappedBuffer(bytes), StandardCharsets.UTF_8);
  }

  /** Appends the string in UTF-8 and its NUL; a NUL inside is a bug of the caller. */
  static void append(ByteBuf out, String text) {
    append(out, text, StandardCharsets.UTF_8);
  }

  static void append(ByteBuf out, String text, Charset charset) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("NUL in a protocol string");
    }
    out.writeCharSequence(text, charset);
    out.writeByte(0);
  }

  /** As Postgres compares names of settings: A to Z only (guc_name_compare in utils/misc/guc.c). */
  static String foldAscii(String name) {
    StringBuilder folded = new StringBuilder(name);
    for (int i = 0; i < folded.length(); i++) {
      char c = folded.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        folded.setCharAt(i, (char) (c + ('a' - 'A')));
      }
    }
    return folded.toString();
  }

  static int utf8Length(String text) {
    return ByteBufUtil.utf8Bytes(text);
  }
}
