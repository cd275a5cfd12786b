package dev.reveille.proxy.undo;

import dev.reveille.proxy.undo.SqlTokens.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Recognises the statements that destroy what is there, from their text alone: DROP, TRUNCATE, ALTER … DROP, and UPDATE
 * or DELETE without WHERE, at the top, in common table expressions and in parentheses, behind EXPLAIN ANALYZE and
 * PREPARE, anywhere in a list of statements. What a function, a DO block, a trigger or a rule does is not in the text,
 * and a condition that is always true is one: this is a net, and no gate.
 *
 * <p>One pass over the bytes, without a syntax tree, and nothing is allocated. A text that Postgres would refuse may be
 * taken for either. One thread.
 */
public final class Destructive {
  /** What was recognised, in the words of a NOTICE. */
  public static final String DROP = "DROP";
  public static final String TRUNCATE = "TRUNCATE";
  public static final String ALTER_DROP = "ALTER ... DROP";
  public static final String DELETE = "DELETE without WHERE";
  public static final String UPDATE = "UPDATE without WHERE";

  private static final long WITH = SqlTokens.keyword("with");
  private static final long DELETE_ = SqlTokens.keyword("delete");
  private static final long UPDATE_ = SqlTokens.keyword("update");
  private static final long SET = SqlTokens.keyword("set");
  private static final long FROM = SqlTokens.keyword("from");
  private static final long WHERE = SqlTokens.keyword("where");
  private static final long DROP_ = SqlTokens.keyword("drop");
  private static final long TRUNCATE_ = SqlTokens.keyword("truncate");
  private static final long ALTER = SqlTokens.keyword("alter");
  private static final long EXPLAIN = SqlTokens.keyword("explain");
  private static final long ANALYZE = SqlTokens.keyword("analyze");
  private static final long ANALYSE = SqlTokens.keyword("analyse");
  private static final long VERBOSE = SqlTokens.keyword("verbose");
  private static final long PREPARE = SqlTokens.keyword("prepare");
  private static final long TRANSACTION = SqlTokens.keyword("transaction");
  private static final long EXECUTE_ = SqlTokens.keyword("execute");
  private static final long AS = SqlTokens.keyword("as");
  private static final long CREATE = SqlTokens.keyword("create");
  private static final long OR = SqlTokens.keyword("or");
  private static final long REPLACE = SqlTokens.keyword("replace");
  private static final long FUNCTION = SqlTokens.keyword("function");
  private static final long PROCEDURE = SqlTokens.keyword("procedure");
  private static final long BEGIN = SqlTokens.keyword("begin");
  private static final long ATOMIC = SqlTokens.keyword("atomic");
  private static final long CASE = SqlTokens.keyword("case");
  private static final long END = SqlTokens.keyword("end");
  private static final long SELECT = SqlTokens.keyword("select");
  private static final long INSERT = SqlTokens.keyword("insert");
  private static final long MERGE = SqlTokens.keyword("merge");
  private static final long VALUES = SqlTokens.keyword("values");
  private static final long FALSE = SqlTokens.keyword("false");
  private static final long OFF = SqlTokens.keyword("off");

  /** Deeper parentheses are not looked into. */
  private static final int DEEPEST = 64;

  /** What the part of a statement within one pair of parentheses is. */
  private enum Part {
    /** Nothing has come yet. */
    BEGINS,
    /** WITH, and its verb is still to come. */
    WITH,
    /** DELETE, and no FROM so far. */
    DELETE,
    /** A DELETE, and no WHERE so far. */
    DELETE_FROM,
    /** An UPDATE, and no SET so far: it may be a column of that name. */
    UPDATE,
    /** An UPDATE with SET, and no WHERE so far. */
    UPDATE_SET,
    /** Anything else, or it has a WHERE. */
    OTHER
  }

  /** Remembers the statements that SQL's PREPARE names. */
  public interface Prepared {
    /** What the statement of this name, as {@link SqlTokens#nameHash}, does from now on; null for nothing destructive. */
    void prepared(long name, @Nullable String what);

    /** What the statement of this name does; null for nothing destructive. */
    @Nullable
    String executed(long name);
  }

  private final SqlTokens tokens = new SqlTokens();
  private final Part[] parts = new Part[DEEPEST];
  private final Prepared prepared;
  private Kind kind = Kind.END;
  private int depth;
  private @Nullable String found;

  public Destructive(Prepared prepared) {
    this.prepared = prepared;
  }

  /**
   * What is destructive in a list of statements, as one of the words above; null if nothing is. The first that is found
   * is told, but every PREPARE is taken note of.
   */
  public @Nullable String in(byte[] sql, int from, int to) {
    String plain = statements(sql, from, to, false);
    return plain == null && tokens.isDoubtful() ? statements(sql, from, to, true) : plain;
  }

  private @Nullable String statements(byte[] sql, int from, int to, boolean backslashes) {
    tokens.read(sql, from, to, backslashes);
    String first = null;
    next();
    while (kind != Kind.END) {
      if (isSymbol(';')) {
        next();
      } else {
        found = null;
        statement();
        first = first == null ? found : first;
      }
    }
    return first;
  }

  /** From its first token to the semicolon that ends it. */
  private void statement() {
    long verb = tokens.word();
    if (verb == DROP_) {
      found = DROP;
      skip();
    } else if (verb == TRUNCATE_) {
      found = TRUNCATE;
      skip();
    } else if (verb == ALTER) {
      alter();
    } else if (verb == CREATE) {
      create();
    } else if (verb == EXPLAIN) {
      explain();
    } else if (verb == PREPARE) {
      prepare();
    } else if (verb == EXECUTE_) {
      next();
      found = isName() ? prepared.executed(tokens.nameHash()) : null;
      skip();
    } else {
      query();
    }
  }

  private void alter() {
    while (!atEnd()) {
      if (tokens.word() == DROP_) {
        found = ALTER_DROP;
      }
      next();
    }
  }

  /** Nothing that is created runs yet. The semicolons in a rule and in the body of an SQL function do not end it. */
  private void create() {
    next();
    if (tokens.word() == OR) {
      next();
      if (tokens.word() == REPLACE) {
        next();
      }
    }
    boolean routine = tokens.word() == FUNCTION || tokens.word() == PROCEDURE;
    int blocks = 0;
    int open = 0;
    while (kind != Kind.END && !(blocks == 0 && open == 0 && isSymbol(';'))) {
      long word = tokens.word();
      open = Math.max(0, open + (isSymbol('(') ? 1 : isSymbol(')') ? -1 : 0));
      next();
      if (routine && (blocks > 0
          ? word == CASE || word == BEGIN
          : word == BEGIN && tokens.word() == ATOMIC)) {
        blocks++;
      } else if (blocks > 0 && word == END) {
        blocks--;
      }
    }
  }

  /** EXPLAIN alone runs nothing; with ANALYZE it does. */
  private void explain() {
    next();
    boolean runs = false;
    if (isSymbol('(')) {
      int open = 0;
      do {
        open += isSymbol('(') ? 1 : isSymbol(')') ? -1 : 0;
        boolean analyze = isAnalyze();
        next();
        runs = analyze ? !saysNo() : runs;
      } while (open > 0 && kind != Kind.END);
    } else {
      while (isAnalyze() || isVerbose()) {
        runs |= isAnalyze();
        next();
      }
    }
    if (runs && !atEnd() && tokens.word() != EXPLAIN) {
      statement();
    } else {
      skip();
    }
  }

  private boolean isAnalyze() {
    return tokens.word() == ANALYZE || tokens.word() == ANALYSE;
  }

  private boolean isVerbose() {
    return tokens.word() == VERBOSE;
  }

  private boolean saysNo() {
    return tokens.word() == FALSE || tokens.word() == OFF || isSymbol('0');
  }

  /** What it prepares is not run, but known by its name from now on. */
  private void prepare() {
    next();
    if (tokens.word() == TRANSACTION || !isName()) {
      skip();
      return;
    }
    long name = tokens.nameHash();
    while (!atEnd() && tokens.word() != AS) {
      next();
    }
    if (!atEnd()) {
      next();
      query();
      prepared.prepared(name, found);
      found = null;
    }
  }

  /** Anything that may have UPDATE and DELETE in it, however deep. */
  private void query() {
    depth = 0;
    parts[0] = Part.BEGINS;
    while (!atEnd()) {
      if (isSymbol('(')) {
        part(parts[at()] == Part.BEGINS ? Part.OTHER : parts[at()]);
        depth++;
        part(Part.BEGINS);
      } else if (isSymbol(')')) {
        close();
      } else {
        part(after(parts[at()], tokens.word()));
      }
      next();
    }
    while (depth > 0) {
      close();
    }
    judge(parts[0]);
  }

  private void close() {
    if (depth > 0) {
      if (depth < DEEPEST) {
        judge(parts[depth]);
      }
      depth--;
    }
  }

  private void judge(Part part) {
    if (part == Part.DELETE_FROM) {
      found = found == null ? DELETE : found;
    } else if (part == Part.UPDATE_SET) {
      found = found == null ? UPDATE : found;
    }
  }

  private int at() {
    return Math.min(depth, DEEPEST - 1);
  }

  private void part(Part part) {
    if (depth < DEEPEST) {
      parts[depth] = part;
    }
  }

  private static Part after(Part part, long word) {
    return switch (part) {
      case BEGINS -> word == WITH ? Part.WITH : verb(word, Part.OTHER);
      case WITH -> verb(word, Part.WITH);
      case UPDATE -> word == SET ? Part.UPDATE_SET : part;
      case DELETE -> word == FROM ? Part.DELETE_FROM : Part.OTHER;
      case DELETE_FROM, UPDATE_SET -> word == WHERE ? Part.OTHER : part;
      case OTHER -> Part.OTHER;
    };
  }

  private static Part verb(long word, Part otherwise) {
    if (word == DELETE_) {
      return Part.DELETE;
    }
    if (word == UPDATE_) {
      return Part.UPDATE;
    }
    return word == SELECT || word == INSERT || word == MERGE || word == VALUES
        ? Part.OTHER
        : otherwise;
  }

  private void skip() {
    while (!atEnd()) {
      next();
    }
  }

  private boolean atEnd() {
    return kind == Kind.END || isSymbol(';');
  }

  private boolean isName() {
    return kind == Kind.WORD || kind == Kind.QUOTED;
  }

  private boolean isSymbol(char symbol) {
    return kind == Kind.SYMBOL && tokens.symbol() == symbol;
  }

  private void next() {
    kind = tokens.next();
  }
}
