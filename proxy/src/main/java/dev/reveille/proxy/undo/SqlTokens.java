package dev.reveille.proxy.undo;

/**
 * Cuts the bytes of a statement into tokens, by the rules of the scanner of Postgres (scan.l): nested
 * comments, quoted identifiers, strings with their prefixes and continuations, dollar quotes. Only as
 * exact as it takes to tell keywords from everything else: numbers and operators are single symbols.
 *
 * <p>Any encoding that a client of Postgres may use will do, since all keep ASCII quotes as they are.
 * What is not ended ends with the text. Allocates nothing; one thread.
 */
public final class SqlTokens {
  /** What a token is. */
  public enum Kind {
    /** An identifier or keyword without quotes. */
    WORD,
    /** An identifier in double quotes. */
    QUOTED,
    /** A string of any sort. */
    STRING,
    /** One character that is none of these, digits of a number among them. */
    SYMBOL,
    /** Nothing more. */
    END
  }

  private byte[] sql = {};
  private int end;
  private int at;
  private boolean backslashes;
  private boolean doubtful;

  private int start;
  private int stop;
  private long word;

  /**
   * Begins anew.
   *
   * @param backslashes whether a backslash escapes in ordinary strings, as without
   *     {@code standard_conforming_strings}
   */
  public void read(byte[] text, int from, int to, boolean backslashes) {
    this.sql = text;
    this.at = from;
    this.end = to;
    this.backslashes = backslashes;
    this.doubtful = false;
  }

  /** Where the token begins. */
  public int start() {
    return start;
  }

  /** Where the token ends, exclusively. */
  public int stop() {
    return stop;
  }

  /** The byte of a {@link Kind#SYMBOL}. */
  public byte symbol() {
    return sql[start];
  }

  /** The first eight letters of a {@link Kind#WORD} in lower case, see {@link #keyword}; else 0. */
  public long word() {
    return word;
  }

  /** Whether a string held a backslash before a quote, so that it ends elsewhere by the other rule. */
  public boolean isDoubtful() {
    return doubtful;
  }

  /** What {@link #word} says of a keyword: its first eight letters, and they alone. */
  public static long keyword(String lower) {
    long packed = 0;
    for (int i = 0; i < Math.min(8, lower.length()); i++) {
      packed = (packed << 8) | lower.charAt(i);
    }
    return packed;
  }

  /** A number that is the same for all spellings of an identifier, and hardly ever for two. */
  public long nameHash() {
    boolean quoted = sql[start] == '"';
    long hash = Hash.SEED;
    int last = quoted && stop - start > 1 && sql[stop - 1] == '"' ? stop - 1 : stop;
    for (int i = quoted ? start + 1 : start; i < last; i++) {
      byte b = sql[i];
      if (quoted && b == '"') {
        i++;
      }
      hash = Hash.next(hash, quoted ? b : lower(b));
    }
    return hash;
  }

  /** Goes to the next token. */
  public Kind next() {
    word = 0;
    skipSpace();
    start = at;
    if (at >= end) {
      stop = at;
      return Kind.END;
    }
    Kind kind = token(sql[at]);
    stop = at;
    return kind;
  }

  private Kind token(byte first) {
    if (isWordStart(first)) {
      return wordOrPrefix(first);
    }
    int tagEnd = first == '$' ? dollarTag() : 0;
    if (tagEnd > 0) {
      dollarQuoted(tagEnd);
      return Kind.STRING;
    }
    at++;
    if (first == '\'') {
      string(backslashes);
      return Kind.STRING;
    }
    if (first == '"') {
      quoted();
      return Kind.QUOTED;
    }
    return Kind.SYMBOL;
  }

  private Kind wordOrPrefix(byte first) {
    int next = at + 1 < end ? sql[at + 1] : 0;
    if (next == '\'' && (isOneOf(first, 'e') || isOneOf(first, 'b') || isOneOf(first, 'x')
        || isOneOf(first, 'n'))) {
      at += 2;
      string(isOneOf(first, 'e') || (isOneOf(first, 'n') && backslashes));
      return Kind.STRING;
    }
    if (isOneOf(first, 'u') && next == '&' && at + 2 < end) {
      if (sql[at + 2] == '\'') {
        at += 3;
        string(backslashes);
        return Kind.STRING;
      }
      if (sql[at + 2] == '"') {
        at += 3;
        quoted();
        return Kind.QUOTED;
      }
    }
    long packed = 0;
    int letters = 0;
    while (at < end && isWordPart(sql[at])) {
      if (letters++ < 8) {
        packed = (packed << 8) | (lower(sql[at]) & 0xff);
      }
      at++;
    }
    word = packed;
    return Kind.WORD;
  }

  /** After the opening quote. Two quotes are one; what follows after a line break goes on with it. */
  private void string(boolean escapes) {
    while (at < end) {
      byte b = sql[at++];
      if (b == '\\') {
        if (escapes) {
          at++;
        } else if (at < end && sql[at] == '\'') {
          doubtful = true;
        }
      } else if (b == '\'') {
        if (at < end && sql[at] == '\'') {
          at++;
        } else if (!continues()) {
          return;
        }
      }
    }
    at = end;
  }

  /** Goes behind the quote that takes the string up again in a later line, if there is one. */
  private boolean continues() {
    int back = at;
    boolean line = false;
    while (at < end) {
      byte b = sql[at];
      if (b == '\n' || b == '\r') {
        line = true;
        at++;
      } else if (isSpace(b)) {
        at++;
      } else if (b == '-' && at + 1 < end && sql[at + 1] == '-') {
        skipLine();
      } else if (b == '\'' && line) {
        at++;
        return true;
      } else {
        break;
      }
    }
    at = back;
    return false;
  }

  private void quoted() {
    while (at < end) {
      if (sql[at++] == '"') {
        if (at < end && sql[at] == '"') {
          at++;
        } else {
          return;
        }
      }
    }
  }

  /** Where the text of a dollar quote begins that starts here; 0 if none does. */
  private int dollarTag() {
    int i = at + 1;
    if (i < end && sql[i] != '$' && !isWordStart(sql[i])) {
      return 0;
    }
    while (i < end && sql[i] != '$') {
      if (!isWordPart(sql[i])) {
        return 0;
      }
      i++;
    }
    return i < end ? i + 1 : 0;
  }

  private void dollarQuoted(int text) {
    int tag = at;
    int length = text - tag;
    for (int i = text; i + length <= end; i++) {
      int same = 0;
      while (same < length && sql[i + same] == sql[tag + same]) {
        same++;
      }
      if (same == length) {
        at = i + length;
        return;
      }
    }
    at = end;
  }

  private void skipSpace() {
    while (at < end) {
      byte b = sql[at];
      if (isSpace(b)) {
        at++;
      } else if (b == '-' && at + 1 < end && sql[at + 1] == '-') {
        skipLine();
      } else if (b == '/' && at + 1 < end && sql[at + 1] == '*') {
        skipComment();
      } else {
        return;
      }
    }
  }

  private void skipLine() {
    while (at < end && sql[at] != '\n' && sql[at] != '\r') {
      at++;
    }
  }

  private void skipComment() {
    int depth = 0;
    while (at < end) {
      if (sql[at] == '/' && at + 1 < end && sql[at + 1] == '*') {
        depth++;
        at += 2;
      } else if (sql[at] == '*' && at + 1 < end && sql[at + 1] == '/') {
        depth--;
        at += 2;
        if (depth == 0) {
          return;
        }
      } else {
        at++;
      }
    }
  }

  private static boolean isOneOf(byte letter, char lower) {
    return lower(letter) == lower;
  }

  private static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || (b >= '\t' && b <= '\r');
  }

  private static boolean isWordStart(byte b) {
    return b < 0 || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b == '_';
  }

  private static boolean isWordPart(byte b) {
    return isWordStart(b) || (b >= '0' && b <= '9') || b == '$';
  }
}
