package dev.reveille.auth;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Reads a SCRAM message attribute by attribute (RFC 5802 section 7, {@code attr-val} separated by commas). What does
 * not fit is thrown as {@link ScramRefusedException}.
 */
final class ScramText {
  /** Longest message that is looked at; a real one has about 200 bytes. */
  static final int MAX_BYTES = 2048;
  /** Longest nonce of a peer; drivers send 24 to 32 characters. */
  static final int MAX_NONCE = 512;

  private final String text;
  private int at;

  private ScramText(String text) {
    this.text = text;
  }

  static ScramText of(byte[] message) {
    if (message.length > MAX_BYTES) {
      throw new ScramRefusedException(ScramRefusal.TOO_LONG);
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message)).toString();
      if (text.isEmpty() || text.indexOf('\0') >= 0) {
        throw new ScramRefusedException(ScramRefusal.NOT_TEXT);
      }
      return new ScramText(text);
    } catch (CharacterCodingException e) {
      throw new ScramRefusedException(ScramRefusal.NOT_TEXT);
    }
  }

  boolean atEnd() {
    return at > text.length();
  }

  /** The text up to the next comma, which is passed over. */
  String part() {
    if (atEnd()) {
      throw new ScramRefusedException(ScramRefusal.ATTRIBUTE_OUT_OF_ORDER);
    }
    int comma = text.indexOf(',', at);
    int end = comma < 0 ? text.length() : comma;
    String part = text.substring(at, end);
    at = end + 1;
    return part;
  }

  /** What comes after the last part read; empty at the end. */
  String rest() {
    return atEnd() ? "" : text.substring(at);
  }

  /** What came before {@code rest}, without the comma between them. */
  String before(String rest) {
    return text.substring(0, text.length() - rest.length() - 1);
  }

  /** The value of the attribute that has to come now. */
  String value(char attribute) {
    String part = part();
    if (letter(part) != attribute) {
      throw new ScramRefusedException(
          letter(part) == 'm'
              ? ScramRefusal.MANDATORY_EXTENSION
              : ScramRefusal.ATTRIBUTE_OUT_OF_ORDER);
    }
    return part.substring(2);
  }

  /** The letter of an attribute that is well formed. */
  static char letter(String part) {
    if (part.length() < 2 || part.charAt(1) != '=' || !isLetter(part.charAt(0))) {
      throw new ScramRefusedException(ScramRefusal.MALFORMED_ATTRIBUTE);
    }
    return part.charAt(0);
  }

  /**
   * Passes over an extension that the RFC lets a peer add and lets us ignore; refuses attributes that have a meaning
   * of their own elsewhere.
   */
  static void ignoreExtension(String part) {
    char letter = letter(part);
    if (letter == 'm') {
      throw new ScramRefusedException(ScramRefusal.MANDATORY_EXTENSION);
    }
    if ("acinprsve".indexOf(letter) >= 0) {
      throw new ScramRefusedException(ScramRefusal.ATTRIBUTE_OUT_OF_ORDER);
    }
  }

  /** Decodes canonical base64 only, so that no two texts mean the same bytes. */
  static byte[] base64(String value) {
    try {
      byte[] bytes = Base64.getDecoder().decode(value);
      if (Base64.getEncoder().encodeToString(bytes).equals(value)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the refusal.
    }
    throw new ScramRefusedException(ScramRefusal.NOT_BASE64);
  }

  /** A nonce of RFC 5802: printable ASCII (a comma cannot be in it here). */
  static String nonce(String value) {
    if (value.isEmpty() || value.length() > MAX_NONCE
        || !value.chars().allMatch(c -> c > 0x20 && c < 0x7F)) {
      throw new ScramRefusedException(ScramRefusal.BAD_NONCE);
    }
    return value;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
