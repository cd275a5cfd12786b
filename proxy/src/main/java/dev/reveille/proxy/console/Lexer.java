package dev.reveille.proxy.console;

import dev.reveille.proxy.console.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Cuts SQL text into tokens by the rules of Postgres (documentation, "Lexical Structure", 4.1, and
 * parser/scan.l), with {@code standard_conforming_strings} on. Whatever the text is, each char of it
 * is in one token, or is white space or a comment. What Postgres refuses becomes one broken token,
 * and nothing follows it.
 */
final class Lexer {
  private static final String OPERATORS = "~!@#^&|`?+-*/%<>=";
  private static final String MARKS = ",()[].;:";

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private Lexer(String text) {
    this.text = text;
  }

  /** The tokens of a text, an {@link Kind#END} last. */
  static List<Token> tokens(String text) {
    Lexer lexer = new Lexer(text);
    boolean more = true;
    while (more) {
      more = lexer.next();
    }
    lexer.tokens.add(new Token(Kind.END, "", text.length(), text.length()));
    return lexer.tokens;
  }

  private boolean next() {
    while (at < text.length() && " \t\n\r\f\u000b".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (at == text.length()) {
      return false;
    }
    int start = at;
    char first = text.charAt(at);
    if (text.startsWith("--", at)) {
      endOfLine();
      return true;
    }
    if (text.startsWith("/*", at)) {
      return comment(start);
    }
    if (first == '\'') {
      return string(start, false);
    }
    if (first == '"') {
      return quoted(start, "");
    }
    if (first == '$') {
      return dollar(start);
    }
    if (isDigit(first)
        || (first == '.' && at + 1 < text.length() && isDigit(text.charAt(at + 1)))) {
      return number(start);
    }
    if (isNameStart(first)) {
      return word(start);
    }
    if (text.startsWith("::", at) || text.startsWith(":=", at) || text.startsWith("..", at)) {
      at += 2;
      return add(Kind.OPERATOR, text.substring(start, at), start);
    }
    if (MARKS.indexOf(first) >= 0) {
      at++;
      return add(Kind.MARK, text.substring(start, at), start);
    }
    if (OPERATORS.indexOf(first) >= 0) {
      return operator(start);
    }
    at++;
    return add(Kind.OPERATOR, text.substring(start, at), start);
  }

  private boolean add(Kind kind, String value, int start) {
    tokens.add(new Token(kind, value, start, at));
    return true;
  }

  /** The token ends here, and the text with it. */
  private boolean broken(String what, int start) {
    tokens.add(new Token(Kind.BROKEN, what, start, at));
    at = text.length();
    return false;
  }

  private void endOfLine() {
    while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
      at++;
    }
  }

  /** Comments nest. */
  private boolean comment(int start) {
    int depth = 0;
    do {
      if (text.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (text.startsWith("*/", at)) {
        depth--;
        at += 2;
      } else if (at < text.length()) {
        at++;
      } else {
        return broken("unterminated /* comment", start);
      }
    } while (depth > 0);
    return true;
  }

  private boolean string(int start, boolean escapes) {
    StringBuilder value = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '\'') {
        if (at < text.length() && text.charAt(at) == '\'') {
          value.append('\'');
          at++;
        } else if (!continues()) {
          boolean bits = "bBxX".indexOf(text.charAt(start)) >= 0;
          return add(bits ? Kind.BITS : Kind.STRING, value.toString(), start);
        }
      } else if (c == '\\' && escapes && at < text.length()) {
        at = Escapes.unescape(text, at, value);
      } else {
        value.append(c);
      }
    }
    return broken("unterminated quoted string", start);
  }

  /** A string goes on behind white space with a line break in it. */
  private boolean continues() {
    int next = at;
    boolean newLine = false;
    while (next < text.length() && " \t\n\r\f\u000b".indexOf(text.charAt(next)) >= 0) {
      newLine |= text.charAt(next) == '\n' || text.charAt(next) == '\r';
      next++;
    }
    if (newLine && next < text.length() && text.charAt(next) == '\'') {
      at = next + 1;
      return true;
    }
    return false;
  }

  private boolean quoted(int start, String prefix) {
    StringBuilder value = new StringBuilder();
    at = start + prefix.length() + 1;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != '"') {
        value.append(c);
      } else if (at < text.length() && text.charAt(at) == '"') {
        value.append('"');
        at++;
      } else if (value.isEmpty()) {
        return broken("zero-length delimited identifier", start);
      } else {
        return add(Kind.QUOTED, value.toString(), start);
      }
    }
    return broken("unterminated quoted identifier", start);
  }

  private boolean dollar(int start) {
    int end = start + 1;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    if (end > start + 1) {
      at = end;
      return junk("parameter", start)
          || add(Kind.PARAMETER, text.substring(start, end), start);
    }
    while (end < text.length() && isNamePart(text.charAt(end)) && text.charAt(end) != '$') {
      end++;
    }
    if (end == text.length() || text.charAt(end) != '$') {
      at = start + 1;
      return add(Kind.OPERATOR, "$", start);
    }
    String tag = text.substring(start, end + 1);
    int close = text.indexOf(tag, end + 1);
    if (close < 0) {
      at = text.length();
      return broken("unterminated dollar-quoted string", start);
    }
    at = close + tag.length();
    return add(Kind.STRING, text.substring(end + 1, close), start);
  }

  private boolean number(int start) {
    digits();
    if (at < text.length() && text.charAt(at) == '.' && !text.startsWith("..", at)) {
      at++;
      digits();
    }
    int exponent = at;
    if (at < text.length() && "eE".indexOf(text.charAt(at)) >= 0) {
      at++;
      if (at < text.length() && "+-".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      int from = at;
      digits();
      at = at == from ? exponent : at;
    }
    return junk("numeric literal", start)
        || add(Kind.NUMBER, text.substring(start, at), start);
  }

  private void digits() {
    while (at < text.length() && (isDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
  }

  /** Whether a name follows where none may; then that is a broken token. */
  private boolean junk(String what, int start) {
    if (at == text.length() || !isNameStart(text.charAt(at))) {
      return false;
    }
    while (at < text.length() && isNamePart(text.charAt(at))) {
      at++;
    }
    broken("trailing junk after " + what, start);
    return true;
  }

  private boolean word(int start) {
    while (at < text.length() && isNamePart(text.charAt(at))) {
      at++;
    }
    String word = text.substring(start, at);
    boolean quote = at < text.length() && text.charAt(at) == '\'';
    if (quote && word.length() == 1 && "eEbBxXnN".contains(word)) {
      return string(start, word.equalsIgnoreCase("e"));
    }
    if (word.equalsIgnoreCase("u") && at + 1 < text.length() && text.charAt(at) == '&') {
      char next = text.charAt(at + 1);
      if (next == '"' || next == '\'') {
        return unicode(start, next);
      }
    }
    return add(Kind.WORD, Escapes.lowerAscii(word), start);
  }

  /** {@code U&"…"} and {@code U&'…'}, with or without UESCAPE. */
  private boolean unicode(int start, char quote) {
    at = start + 2;
    boolean whole = quote == '"' ? quoted(start, "U&") : string(start, false);
    if (!whole) {
      return false;
    }
    Token raw = tokens.removeLast();
    char escape = uescape();
    String value = Escapes.unicode(raw.value(), escape);
    if (value == null) {
      return broken("invalid Unicode escape", start);
    }
    return add(raw.kind(), value, start);
  }

  private char uescape() {
    int next = at;
    while (next < text.length() && " \t\n\r\f\u000b".indexOf(text.charAt(next)) >= 0) {
      next++;
    }
    if (!text.regionMatches(true, next, "uescape", 0, 7)) {
      return '\\';
    }
    next += 7;
    while (next < text.length() && " \t\n\r\f\u000b".indexOf(text.charAt(next)) >= 0) {
      next++;
    }
    if (next + 2 < text.length() && text.charAt(next) == '\'' && text.charAt(next + 2) == '\'') {
      at = next + 3;
      return text.charAt(next + 1);
    }
    return '\\';
  }

  /** As long as it goes, but not into a comment. */
  private boolean operator(int start) {
    while (at < text.length() && OPERATORS.indexOf(text.charAt(at)) >= 0
        && (at == start || !(text.startsWith("--", at) || text.startsWith("/*", at)))) {
      at++;
    }
    // Only an operator with one of these in it may end like a sign (4.1.3).
    while (at - start > 1 && "+-".indexOf(text.charAt(at - 1)) >= 0
        && text.substring(start, at).chars().noneMatch(c -> "~!@#%^&|`?".indexOf(c) >= 0)) {
      at--;
    }
    return add(Kind.OPERATOR, text.substring(start, at), start);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isNameStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
  }

  private static boolean isNamePart(char c) {
    return isNameStart(c) || isDigit(c) || c == '$';
  }
}
