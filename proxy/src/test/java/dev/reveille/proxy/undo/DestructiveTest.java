package dev.reveille.proxy.undo;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class DestructiveTest {
  private static final String HARMLESS = "harmless";

  /** Remembers as a session does. */
  private static final class Memory implements Destructive.Prepared {
    private final Map<Long, String> names = new HashMap<>();

    @Override
    public void prepared(long name, @Nullable String what) {
      if (what == null) {
        names.remove(name);
      } else {
        names.put(name, what);
      }
    }

    @Override
    public @Nullable String executed(long name) {
      return names.get(name);
    }
  }

  private final Destructive destructive = new Destructive(new Memory());

  private String in(String sql) {
    byte[] bytes = ("'" + sql + ";").getBytes(StandardCharsets.UTF_8);
    String found = destructive.in(bytes, 1, bytes.length - 1);
    return found == null ? HARMLESS : found;
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      DROP TABLE t                                              | DROP
      drop index concurrently if exists i                       | DROP
      ;;  DROP SCHEMA s CASCADE                                 | DROP
      SELECT 1; DROP TABLE t; SELECT 2                          | DROP
      TRUNCATE t                                                | TRUNCATE
      BEGIN; TRUNCATE TABLE t RESTART IDENTITY; COMMIT          | TRUNCATE
      ALTER TABLE t DROP COLUMN c                               | ALTER ... DROP
      alter table t add d int, drop c                           | ALTER ... DROP
      ALTER TYPE k DROP ATTRIBUTE a                             | ALTER ... DROP
      DELETE FROM t                                             | DELETE without WHERE
      DELETE FROM ONLY t USING u RETURNING *                    | DELETE without WHERE
      DELETE FROM t USING (SELECT 1 FROM u WHERE true) v        | DELETE without WHERE
      UPDATE t SET a = (SELECT 1 WHERE true)                    | UPDATE without WHERE
      UPDATE t SET a = 1, b = 'x WHERE y'                       | UPDATE without WHERE
      UPDATE t SET a = 1 /* WHERE b */                          | UPDATE without WHERE
      UPDATE t SET "where" = 1                                  | UPDATE without WHERE
      WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d     | DELETE without WHERE
      WITH a AS (SELECT 1 WHERE true), d AS (UPDATE t SET a = 2 RETURNING 1) SELECT 1 WHERE true | UPDATE without WHERE
      WITH a AS (WITH d AS (DELETE FROM t RETURNING 1) SELECT * FROM d) SELECT 1 | DELETE without WHERE
      WITH a AS (SELECT 1 WHERE true) DELETE FROM t USING a     | DELETE without WHERE
      WITH a AS (SELECT 1) UPDATE t SET b = a.b FROM a          | UPDATE without WHERE
      COPY (DELETE FROM t RETURNING *) TO STDOUT                | DELETE without WHERE
      EXPLAIN ANALYZE DELETE FROM t                             | DELETE without WHERE
      explain analyse verbose update t set a = 1                | UPDATE without WHERE
      EXPLAIN (ANALYZE, BUFFERS) DELETE FROM t                  | DELETE without WHERE
      EXPLAIN (COSTS false, ANALYZE true) DELETE FROM t         | DELETE without WHERE
      /* DELETE FROM t WHERE */ DELETE FROM t -- WHERE true     | DELETE without WHERE
      SELECT /* a /* nested */ ; */ 1; DROP TABLE t             | DROP
      SELECT 'it''s; '; DROP TABLE t                            | DROP
      SELECT $$;$$, $a$ $$ ; $a$; DROP TABLE t                  | DROP
      SELECT E'\\'; '; DROP TABLE t                             | DROP
      SELECT 'C:\\'; DROP TABLE t                               | DROP
      SELECT a$b$c; DROP TABLE t                                | DROP
      SELECT U&"d\\0061", u&'x', x'1f', n'y'; DROP TABLE t      | DROP
      CREATE TABLE t (a int); DROP TABLE t                      | DROP
      CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 1; END; DROP TABLE t | DROP
      CREATE RULE r AS ON INSERT TO t DO (DELETE FROM u; DELETE FROM v); DROP TABLE t | DROP
      PREPARE p AS SELECT 1; TRUNCATE t                         | TRUNCATE
      """)
  void what_destroys_is_recognised(String sql, String what) {
    assertThat(in(sql)).isEqualTo(what);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ";", "SELECT 1", "DELETE FROM t WHERE a = 1",
      "UPDATE t SET a = 1 WHERE CURRENT OF c",
      "UPDATE t SET a = 1 FROM u WHERE t.b = u.b RETURNING *",
      "INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 2", "SELECT * FROM t FOR UPDATE",
      "WITH a AS (SELECT 1 FOR UPDATE) SELECT * FROM a FOR NO KEY UPDATE",
      "WITH d AS (DELETE FROM t WHERE a = 1 RETURNING *) INSERT INTO u SELECT * FROM d",
      "SELECT 'DROP TABLE t'", "SELECT \"drop\" FROM \"delete\"", "-- DROP TABLE t\nSELECT 1",
      "/* DROP TABLE t; */ SELECT 1", "SELECT $x$; DROP TABLE t; $x$",
      "SELECT E'\\'; DROP TABLE t; '",
      "SELECT E'a'\n'\\'; DROP TABLE t'", "SELECT 'a' -- c\n'b''; DROP TABLE t'",
      "SELECT f(update, delete) FROM t", "SELECT dropped, truncated FROM t",
      "EXPLAIN DELETE FROM t",
      "EXPLAIN (ANALYZE false) DELETE FROM t", "EXPLAIN (VERBOSE, ANALYZE off) DELETE FROM t",
      "EXPLAIN VERBOSE DELETE FROM t", "EXPLAIN (COSTS) (SELECT 1)",
      "GRANT DELETE, UPDATE ON t TO u",
      "CREATE TABLE u (a int REFERENCES t ON DELETE CASCADE)", "ALTER TABLE t ADD COLUMN c int",
      "CREATE TRIGGER g AFTER UPDATE OR DELETE ON t EXECUTE FUNCTION f()",
      "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM u; DELETE FROM v)",
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC DELETE FROM t; SELECT CASE WHEN true THEN 1 END; DELETE FROM u; END",
      "CREATE OR REPLACE PROCEDURE f() BEGIN ATOMIC DELETE FROM t; END",
      "DO $$ BEGIN DELETE FROM t; END $$",
      "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM t'", "CALL f()", "COMMIT",
      "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE", "PREPARE p AS DELETE FROM t",
      "PREPARE TRANSACTION 'DROP'", "COPY t FROM STDIN", "VALUES (1)", "DROPS", "EXECUTE nothing"})
  void what_does_not_destroy_or_cannot_be_seen_passes(String sql) {
    assertThat(in(sql)).isEqualTo(HARMLESS);
  }

  @Test
  void an_execute_is_what_was_prepared_however_its_name_is_written() {
    assertThat(in("PREPARE Gone (int) AS DELETE FROM t")).isEqualTo(HARMLESS);

    assertThat(in("EXECUTE gone(1)")).isEqualTo(Destructive.DELETE);
    assertThat(in("execute \"gone\"")).isEqualTo(Destructive.DELETE);
    assertThat(in("EXPLAIN ANALYZE EXECUTE gone(1)")).isEqualTo(Destructive.DELETE);
    assertThat(in("EXECUTE \"Gone\"")).isEqualTo(HARMLESS);

    assertThat(in("PREPARE gone AS DELETE FROM t WHERE a = 1")).isEqualTo(HARMLESS);
    assertThat(in("EXECUTE gone")).isEqualTo(HARMLESS);
  }

  @Test
  void parentheses_and_explains_without_end_cost_no_stack() {
    assertThat(in("SELECT " + "(".repeat(1_000_000))).isEqualTo(HARMLESS);
    assertThat(in("EXPLAIN ANALYZE ".repeat(100_000) + "SELECT 1")).isEqualTo(HARMLESS);
    assertThat(in("(".repeat(40) + "DELETE FROM t" + ")".repeat(40))).isEqualTo(Destructive.DELETE);
  }

  /** Whatever harmless surrounds it, in any order and spelling, a destructive statement is found; and nothing else is. */
  @RepeatedTest(50)
  void noise_around_a_statement_changes_nothing() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<String> noise = List.of("SELECT 1", "/* ; DROP /* x */ y */", "-- DROP; TRUNCATE\n",
        "SELECT 'DELETE FROM t;'", "SELECT $q$; DROP TABLE t; $q$", "SELECT \";drop\"",
        "UPDATE t SET a = 1 WHERE b = 2", "SELECT E'\\';' || ';'", "", "BEGIN",
        "SELECT (((1))) FOR UPDATE", "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING");
    List<String> harm = List.of("DROP TABLE t", "TRUNCATE t", "ALTER TABLE t DROP c",
        "DELETE FROM t", "UPDATE t SET a = 1", "WITH x AS (DELETE FROM t RETURNING 1) TABLE x");
    for (int i = 0; i < 200; i++) {
      boolean harms = random.nextBoolean();
      int length = random.nextInt(6);
      int where = random.nextInt(length + 1);
      StringBuilder sql = new StringBuilder();
      for (int j = 0; j <= length; j++) {
        if (j == where && harms) {
          sql.append(spelled(harm.get(random.nextInt(harm.size())), random)).append(';');
        }
        sql.append(noise.get(random.nextInt(noise.size()))).append(';');
      }

      assertThat(!in(sql.toString()).equals(HARMLESS)).as("seed %d: %s", seed, sql)
          .isEqualTo(harms);
    }
  }

  private static String spelled(String sql, Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < sql.length(); i++) {
      char c = sql.charAt(i);
      if (c == ' ') {
        text.append(List.of(" ", "\t", "\n", " /* ; */ ", "--;\n", "  ").get(random.nextInt(6)));
      } else {
        text.append(random.nextBoolean() ? Character.toUpperCase(c) : Character.toLowerCase(c));
      }
    }
    return text.toString();
  }

  /** Any bytes at all: it comes to an end, and never reads outside of what it was given. */
  @RepeatedTest(50)
  void no_bytes_make_it_fail() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[] alphabet = "'\"$;()-/*\\eEuU&aDROPdrop \n\t1,.xwithdeletefrom\u00e9".getBytes(
        StandardCharsets.UTF_8);
    for (int i = 0; i < 500; i++) {
      byte[] sql = new byte[random.nextInt(200)];
      for (int j = 0; j < sql.length; j++) {
        sql[j] = alphabet[random.nextInt(alphabet.length)];
      }
      int from = random.nextInt(sql.length + 1);
      int to = from + random.nextInt(sql.length - from + 1);
      String part = new String(sql, from, to - from, StandardCharsets.ISO_8859_1);
      byte[] alone = Arrays.copyOfRange(sql, from, to);

      assertThat(destructive.in(sql, from, to)).as("seed %d: %s", seed, part)
          .isEqualTo(destructive.in(alone, 0, alone.length));
    }
  }
}
