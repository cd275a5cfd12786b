package dev.reveille.proxy.schema;

import dev.reveille.proxy.undo.SqlTokens;
import dev.reveille.proxy.undo.SqlTokens.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Statements in the order in which they are to be run.
 *
 * @param changes none when there is nothing to change
 */
public record SchemaScript(List<Change> changes) {
  private static final long DROP = SqlTokens.keyword("drop");
  private static final long ALTER = SqlTokens.keyword("alter");
  private static final long TYPE = SqlTokens.keyword("type");
  private static final long COLUMN = SqlTokens.keyword("column");
  private static final long SET = SqlTokens.keyword("set");
  private static final long BEGIN = SqlTokens.keyword("begin");
  private static final long ATOMIC = SqlTokens.keyword("atomic");
  private static final long CASE = SqlTokens.keyword("case");
  private static final long END = SqlTokens.keyword("end");
  private static final long CREATE = SqlTokens.keyword("create");
  private static final Set<Long> HOLD_DATA = Set.of(SqlTokens.keyword("table"),
      SqlTokens.keyword("schema"), SqlTokens.keyword("sequence"), TYPE,
      SqlTokens.keyword("domain"), SqlTokens.keyword("materialized"),
      SqlTokens.keyword("extension"), SqlTokens.keyword("foreign"), SqlTokens.keyword("server"));
  private static final Set<Long> DESTROY = Set.of(SqlTokens.keyword("truncate"),
      SqlTokens.keyword("delete"), SqlTokens.keyword("update"));

  public SchemaScript {
    changes = List.copyOf(changes);
  }

  /** Cuts a text at the semicolons that end statements. */
  public static SchemaScript of(String text) {
    byte[] sql = text.getBytes(StandardCharsets.UTF_8);
    SqlTokens tokens = new SqlTokens();
    tokens.read(sql, 0, sql.length, false);
    List<Change> changes = new ArrayList<>();
    int start = -1;
    int blocks = 0;
    int open = 0;
    long before = 0;
    for (Kind kind = tokens.next(); kind != Kind.END; kind = tokens.next()) {
      if (kind == Kind.SYMBOL && tokens.symbol() == ';' && blocks == 0 && open == 0) {
        add(changes, sql, start, tokens.start());
        start = -1;
        before = 0;
        continue;
      }
      start = start < 0 ? tokens.start() : start;
      if (kind == Kind.SYMBOL) {
        open += tokens.symbol() == '(' ? 1 : tokens.symbol() == ')' ? -1 : 0;
      }
      long word = tokens.word();
      if (word == ATOMIC && before == BEGIN) {
        blocks++;
      } else if (blocks > 0 && (word == CASE || word == BEGIN)) {
        blocks++;
      } else if (blocks > 0 && word == END) {
        blocks--;
      }
      before = word;
    }
    if (start >= 0) {
      add(changes, sql, start, sql.length);
    }
    return new SchemaScript(changes);
  }

  private static void add(List<Change> changes, byte[] sql, int start, int end) {
    if (start >= 0) {
      String text = new String(sql, start, end - start, StandardCharsets.UTF_8).strip();
      if (!text.equals("SET search_path = pg_catalog")) {
        changes.add(new Change(text, losesData(text)));
      }
    }
  }

  /**
   * DROP of what holds data, of a column, and a change of a type, which may round or cut; and an UPDATE, with which
   * nulls become defaults before they are forbidden.
   */
  private static boolean losesData(String statement) {
    byte[] sql = statement.getBytes(StandardCharsets.UTF_8);
    SqlTokens tokens = new SqlTokens();
    tokens.read(sql, 0, sql.length, false);
    tokens.next();
    long verb = tokens.word();
    if (DESTROY.contains(verb)) {
      return true;
    }
    tokens.next();
    if (verb == DROP) {
      return HOLD_DATA.contains(tokens.word());
    }
    boolean isOfType = tokens.word() == TYPE;
    boolean drops = false;
    boolean alters = false;
    long before = 0;
    while (verb == ALTER && tokens.next() != Kind.END) {
      drops |= before == DROP && (tokens.word() == COLUMN
          || tokens.word() == SqlTokens.keyword("attribute"));
      alters |= !isOfType && tokens.word() == TYPE && before != SET;
      before = tokens.word();
    }
    return drops || alters;
  }

  /** Whether a statement changes or removes what is there, and does not only add to it. */
  static boolean onlyAdds(Change change) {
    byte[] sql = change.sql().getBytes(StandardCharsets.UTF_8);
    SqlTokens tokens = new SqlTokens();
    tokens.read(sql, 0, sql.length, false);
    tokens.next();
    if (tokens.word() == CREATE) {
      tokens.next();
      return tokens.word() != SqlTokens.keyword("or");
    }
    if (tokens.word() != ALTER) {
      return tokens.word() == SqlTokens.keyword("comment");
    }
    boolean adds = false;
    while (tokens.next() != Kind.END) {
      adds |= tokens.word() == SqlTokens.keyword("add");
      if (tokens.word() == DROP || tokens.word() == ALTER || tokens.word() == SET) {
        return false;
      }
    }
    return adds;
  }

  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /** Those that may lose data. */
  public List<Change> losing() {
    return changes.stream().filter(Change::losesData).toList();
  }

  /** As a script for psql; what may lose data is marked. */
  public String sql() {
    if (changes.isEmpty()) {
      return "";
    }
    StringBuilder script = new StringBuilder("SET search_path = pg_catalog;\n");
    for (Change change : changes) {
      script.append('\n');
      if (change.losesData()) {
        script.append("-- LOSES DATA\n");
      }
      script.append(change.sql()).append(";\n");
    }
    return script.toString();
  }
}
