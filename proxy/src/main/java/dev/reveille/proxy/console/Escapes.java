package dev.reveille.proxy.console;

import org.jspecify.annotations.Nullable;

/** What stands for other characters inside of quotes (Postgres documentation, 4.1.2). */
final class Escapes {
  private static final int HEX = 16;

  private Escapes() {
  }

  /** Folds a name as Postgres does in UTF-8: ASCII letters only. */
  static String lowerAscii(String word) {
    StringBuilder folded = new StringBuilder(word.length());
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      folded.append(c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c);
    }
    return folded.toString();
  }

  /** Appends what the escape behind a backslash stands for; answers where the text goes on. */
  static int unescape(String text, int at, StringBuilder value) {
    char c = text.charAt(at);
    return switch (c) {
      case 'b' -> put(value, '\b', at + 1);
      case 'f' -> put(value, '\f', at + 1);
      case 'n' -> put(value, '\n', at + 1);
      case 'r' -> put(value, '\r', at + 1);
      case 't' -> put(value, '\t', at + 1);
      case 'x' -> digits(text, at + 1, 2, HEX, value, at);
      case 'u' -> digits(text, at + 1, 4, HEX, value, at);
      case 'U' -> digits(text, at + 1, 8, HEX, value, at);
      case '0', '1', '2', '3', '4', '5', '6', '7' -> digits(text, at, 3, 8, value, at);
      default -> put(value, c, at + 1);
    };
  }

  private static int put(StringBuilder value, char c, int next) {
    value.append(c);
    return next;
  }

  private static int digits(String text, int from, int most, int radix, StringBuilder value,
      int letter) {
    int end = from;
    while (end < text.length() && end - from < most
        && Character.digit(text.charAt(end), radix) >= 0) {
      end++;
    }
    if (end == from) {
      return put(value, text.charAt(letter), letter + 1);
    }
    long code = Long.parseLong(text, from, end, radix);
    value.appendCodePoint(Character.isValidCodePoint((int) code) ? (int) code : 0xfffd);
    return end;
  }

  /** The text with {@code \XXXX} and {@code \+XXXXXX} read; null where one is malformed. */
  static @Nullable String unicode(String raw, char escape) {
    StringBuilder value = new StringBuilder();
    int at = 0;
    while (at < raw.length()) {
      char c = raw.charAt(at);
      if (c != escape) {
        value.append(c);
        at++;
      } else if (at + 1 < raw.length() && raw.charAt(at + 1) == escape) {
        value.append(escape);
        at += 2;
      } else {
        boolean plus = at + 1 < raw.length() && raw.charAt(at + 1) == '+';
        int from = at + (plus ? 2 : 1);
        int end = from + (plus ? 6 : 4);
        if (end > raw.length() || !allHex(raw, from, end)) {
          return null;
        }
        int code = Integer.parseInt(raw, from, end, HEX);
        if (!Character.isValidCodePoint(code)) {
          return null;
        }
        value.appendCodePoint(code);
        at = end;
      }
    }
    return value.toString();
  }

  private static boolean allHex(String text, int from, int end) {
    for (int i = from; i < end; i++) {
      if (Character.digit(text.charAt(i), HEX) < 0) {
        return false;
      }
    }
    return true;
  }
}
