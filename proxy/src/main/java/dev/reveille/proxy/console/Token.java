package dev.reveille.proxy.console;

/**
 * A piece of SQL text.
 *
 * @param value a word in lower case, a quoted name or a string without its quotes, else the text as
 *     it is; of a broken piece what is wrong with it
 * @param start where it begins in the text, in chars from 0
 * @param end behind its last char
 */
record Token(Kind kind, String value, int start, int end) {
  enum Kind {
    /** A key word, or a name without quotes. */
    WORD,
    /** A name in double quotes. */
    QUOTED,
    /** A string constant of any kind. */
    STRING,
    /** {@code b'01'} or {@code x'1F'} */
    BITS, NUMBER,
    /** {@code $1} */
    PARAMETER, OPERATOR,
    /** One of {@code , ( ) [ ] . ; :} */
    MARK,
    /** Something that Postgres' scanner refuses. */
    BROKEN, END
  }

  boolean isWord(String word) {
    return kind == Kind.WORD && value.equals(word);
  }

  boolean isMark(char mark) {
    return kind == Kind.MARK && value.charAt(0) == mark;
  }

  boolean isOperator(String operator) {
    return kind == Kind.OPERATOR && value.equals(operator);
  }
}
