package dev.reveille.proxy.console;

import dev.reveille.proxy.relay.RealPostgres;
import dev.reveille.proxy.relay.TestDoor;
import dev.reveille.proxy.relay.WireClient;
import dev.reveille.proxy.relay.WireClient.Message;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.ErrorFields;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CommandParserTest {
  private static final long SEED = Long.getLong("console.seed", 20_261_121);
  private static final int STATEMENTS = 1500;
  private static final List<String> PIECES = List.of("shop", "\"Shop\"", "U&\"\\0053hop\"", "WITH",
      "(", ")", ",", "FORCE", "IF", "EXISTS", "TEMPLATE", "=", "template0", "OWNER", "TO", "RENAME",
      "DEFAULT", "ENCODING", "'UTF8'", "E'UTF\\x38'", "$$UTF8$$", "6", "-1", "1.5", "CONNECTION",
      "LIMIT", "true", "on", "select", "user", "left", "/* x /* y */ */", "-- z\n", "$1", "@", ".",
      "IS_TEMPLATE", "größe", "\"\"", "'a'\n'b'", "x'1F'", "+", "::", "TABLESPACE");

  private static Optional<Command> command(String sql) {
    return Script.of(sql, new Place(true, false)).command();
  }

  private static Optional<Refused> error(String sql) {
    return Script.of(sql, new Place(true, false)).error();
  }

  @Test
  void nobody_owns_the_console_and_may_reindex_it() {
    for (String sql : List.of("REINDEX DATABASE postgres", "reindex system Reveille;",
        "REINDEX (VERBOSE, TABLESPACE t) DATABASE CONCURRENTLY \"postgres\"")) {
      assertThat(error(sql)).as(sql)
          .hasValueSatisfying(refused -> assertThat(refused.fields().sqlState())
              .isEqualTo("42501"));
    }
    for (String sql : List.of("REINDEX DATABASE shop", "REINDEX TABLE postgres", "REINDEX DATABASE",
        "REINDEX (database) TABLE postgres")) {
      assertThat(error(sql)).as(sql).isEmpty();
    }
  }

  @Test
  void every_command_is_understood() {
    assertThat(command("CREATE DATABASE Shop;")).contains(
        new Command.CreateDatabase("shop", List.of()));
    assertThat(command("create database try1 with template = \"shop@monday\" ttl '2 h'")).contains(
        new Command.CreateDatabase("try1", List.of(
            new CreateOption("template", Optional.of("shop@monday"), 27),
            new CreateOption("ttl", Optional.of("2 h"), 52))));
    assertThat(command("DROP DATABASE IF EXISTS \"a \"\"b\"\"\" WITH (FORCE)")).contains(
        new Command.DropDatabase("a \"b\"", true, true));
    assertThat(command("ALTER DATABASE a RENAME TO b")).contains(
        new Command.RenameDatabase("a", "b"));
    assertThat(command("ALTER DATABASE a OWNER TO reveille_owner")).contains(
        new Command.OwnDatabase("a", "reveille_owner"));
    assertThat(command("ALTER DATABASE a SET (ttl = '2 h', suspend_after = never)")).contains(
        new Command.SetDatabase("a", Map.of("ttl", "2 h", "suspend_after", "never")));
    assertThat(command("CHECKPOINT a AS monday")).contains(
        new Command.TakeCheckpoint("a", Optional.of("monday")));
    assertThat(command("CHECKPOINT DATABASE a")).contains(
        new Command.TakeCheckpoint("a", Optional.empty()));
    assertThat(command("DROP CHECKPOINT a@monday")).contains(
        new Command.DropCheckpoint("a", "monday"));
    assertThat(command("DROP CHECKPOINT \"a@monday\"")).contains(
        new Command.DropCheckpoint("a", "monday"));
    assertThat(command("RESTORE DATABASE a FROM monday")).contains(
        new Command.RestoreDatabase("a", "monday"));
    assertThat(command("/* now */ SUSPEND a")).contains(new Command.Suspend("a"));
    assertThat(command("WAKE \"select\"")).contains(new Command.Wake("select"));
  }

  @Test
  void what_is_postgres_own_is_left_to_it() {
    for (String sql : List.of("CHECKPOINT", "CHECKPOINT;", "SELECT 1", "CREATE TABLE t ()",
        "DROP TABLE database", "ALTER TABLE t ADD c int", "SELECT 'x", "", ";;", "\"wake\" x",
        "EXPLAIN SELECT 1")) {
      assertThat(command(sql)).as(sql).isEmpty();
      assertThat(error(sql)).as(sql).isEmpty();
    }
  }

  @Test
  void show_becomes_a_query_where_it_lists_what_there_is() {
    Place console = new Place(true, true);
    assertThat(Script.of("SHOW databases; SHOW server_version", console).text())
        .startsWith("SELECT ")
        .endsWith("; SHOW server_version");
    assertThat(Script.of("SHOW DATABASES", Place.DATABASE).changed()).isFalse();
    assertThat(Script.of("SELECT d.daticulocale as x", console).text())
        .isEqualTo("SELECT d.datlocale as x");
  }

  /** Postgres' own parser is asked about the same statements. */
  @Test
  void statements_that_postgres_knows_are_refused_in_its_words_and_at_its_place() throws Exception {
    Random random = new Random(SEED);
    try (TestDoor door = new TestDoor(RealPostgres.port(), Optional::empty);
        WireClient client = WireClient.logIn(door.port())) {
      for (int i = 0; i < STATEMENTS; i++) {
        String sql = statement(random);
        client.send(Said.parse("", sql), Said.SYNC);
        Optional<ErrorFields> theirs = client.readToReady()
            .stream()
            .map(Message::decoded)
            .filter(BackendMessage.ErrorResponse.class::isInstance)
            .map(message -> ((BackendMessage.ErrorResponse) message).fields())
            .findFirst();
        Optional<ErrorFields> ours = error(sql).map(Refused::fields)
            .filter(fields -> !fields.sqlState().equals("0A000"));
        assertThat(ours.map(CommandParserTest::core)).as("seed %d: %s", SEED, sql)
            .isEqualTo(theirs.map(CommandParserTest::core));
      }
    }
  }

  private static String core(ErrorFields fields) {
    return fields.sqlState() + " " + fields.message() + " at "
        + fields.field(ErrorFields.POSITION).orElse("-");
  }

  private static String statement(Random random) {
    StringBuilder sql = new StringBuilder(random.nextBoolean()
        ? "CREATE DATABASE "
        : "DROP DATABASE ");
    int pieces = random.nextInt(7);
    for (int i = 0; i < pieces; i++) {
      sql.append(PIECES.get(random.nextInt(PIECES.size())));
      sql.append(random.nextInt(8) == 0 ? "" : " ");
    }
    return sql.toString();
  }
}
