package dev.reveille.auth;

import java.text.Normalizer;

/**
 * SASLprep (RFC 4013) as PostgreSQL applies it to passwords ({@code src/common/saslprep.c}): ASCII stays as it is, and
 * text that SASLprep prohibits is used unprepared instead of being refused.
 *
 * <p>One difference: PostgreSQL also uses text unprepared when a character was unassigned in Unicode 3.2. The JDK has
 * no public table of that version, so such text is normalised here. The results differ only for a password that holds
 * both a character younger than 2002 and one that NFKC changes.
 */
final class SaslPrep {
  private SaslPrep() {
  }

  static String prepare(String text) {
    if (text.chars().allMatch(c -> c < 0x80)) {
      return text;
    }
    StringBuilder mapped = new StringBuilder(text.length());
    text.codePoints()
        .filter(c -> isSpace(c) || !isMappedToNothing(c))
        .forEach(c -> mapped.appendCodePoint(isSpace(c) ? ' ' : c));
    String prepared = Normalizer.normalize(mapped, Normalizer.Form.NFKC);
    boolean usable = !prepared.isEmpty() && prepared.codePoints().noneMatch(SaslPrep::isProhibited)
        && isBidiSound(prepared);
    return usable ? prepared : text;
  }

  /** RFC 3454 table C.1.2. */
  private static boolean isSpace(int c) {
    return c == 0xA0 || c == 0x1680 || in(c, 0x2000, 0x200B) || c == 0x202F || c == 0x205F
        || c == 0x3000;
  }

  /** RFC 3454 table B.1. */
  private static boolean isMappedToNothing(int c) {
    return c == 0xAD || c == 0x34F || c == 0x1806 || in(c, 0x180B, 0x180D) || in(c, 0x200B, 0x200D)
        || c == 0x2060
        || in(c, 0xFE00, 0xFE0F) || c == 0xFEFF;
  }

  /** RFC 4013 section 2.3: tables C.1.2 and C.2.1 to C.9 of RFC 3454. */
  private static boolean isProhibited(int c) {
    int type = Character.getType(c);
    return isSpace(c) || type == Character.CONTROL || type == Character.PRIVATE_USE
        || type == Character.SURROGATE
        || in(c, 0xFDD0, 0xFDEF) || (c & 0xFFFE) == 0xFFFE || isProhibitedFormat(c)
        || in(c, 0xFFF9, 0xFFFD)
        || in(c, 0x2FF0, 0x2FFB) || c == 0x340 || c == 0x341;
  }

  private static boolean isProhibitedFormat(int c) {
    return c == 0x6DD || c == 0x70F || c == 0x180E || in(c, 0x200C, 0x200F) || in(c, 0x2028, 0x202E)
        || in(c, 0x2060, 0x2063) || in(c, 0x206A, 0x206F) || c == 0xFEFF || in(c, 0x1D173, 0x1D17A)
        || c == 0xE0001
        || in(c, 0xE0020, 0xE007F);
  }

  /** RFC 3454 section 6: right-to-left text holds nothing left-to-right and starts and ends right-to-left. */
  private static boolean isBidiSound(String text) {
    if (text.codePoints().noneMatch(SaslPrep::isRightToLeft)) {
      return true;
    }
    return text.codePoints()
        .noneMatch(c -> Character.getDirectionality(c) == Character.DIRECTIONALITY_LEFT_TO_RIGHT)
        && isRightToLeft(text.codePointAt(0)) && isRightToLeft(text.codePointBefore(text.length()));
  }

  private static boolean isRightToLeft(int c) {
    byte direction = Character.getDirectionality(c);
    return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
        || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
  }

  private static boolean in(int c, int first, int last) {
    return c >= first && c <= last;
  }
}
