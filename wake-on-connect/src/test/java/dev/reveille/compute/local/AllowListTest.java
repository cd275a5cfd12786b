package dev.reveille.compute.local;

import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.TableName;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.admin.Sql;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.reveille.compute.local.LocalCell.await;
import static dev.reveille.compute.local.LocalCell.sql;
import static dev.reveille.compute.local.Refusals.sqlState;
import static org.assertj.core.api.Assertions.assertThat;

/** A role with a list of schemas and tables reaches those, whatever else is in the database. */
class AllowListTest {
  private static final String REFUSED = "42501";
  private static LocalCell cell;
  private static LocalCell.Named database;
  private static long version = 10;

  @BeforeAll
  static void open() throws Exception {
    cell = LocalCell.create(settings -> settings);
    database = cell.create("shop");
    owner("""
        CREATE TABLE listed(id serial, n int); CREATE TABLE secret(n int);
        INSERT INTO listed(n) VALUES (1); INSERT INTO secret VALUES (2);
        CREATE VIEW around AS SELECT * FROM secret;
        CREATE VIEW shown AS SELECT n + 1 AS n FROM secret WHERE n = 2;
        CREATE TABLE parted(n int) PARTITION BY LIST (n);
        CREATE TABLE parted_one PARTITION OF parted FOR VALUES IN (1);
        CREATE TABLE parted_two PARTITION OF parted FOR VALUES IN (2);
        INSERT INTO parted VALUES (1), (2);
        CREATE SCHEMA desk; CREATE TABLE desk.notes(id serial, n int);
        CREATE FUNCTION peep() RETURNS bigint LANGUAGE sql SECURITY DEFINER
          AS 'SELECT count(*) FROM secret';
        CREATE FUNCTION desk.peep() RETURNS bigint LANGUAGE sql SECURITY DEFINER
          AS 'SELECT count(*) FROM public.secret'""");
  }

  @AfterAll
  static void close() throws Exception {
    await(database.compute().stop());
    cell.close();
  }

  private static void owner(String sql) throws IOException {
    sql(database.compute(), "a_ddl", "shop", sql);
  }

  private static void logIn(String name, Mode mode, ObjectScope objects) {
    await(cell.provider()
        .login(database.route(), database.compute(),
            new LoginRole(name, mode, objects, ++version, 5)));
  }

  private static ObjectScope tables(String... tables) {
    return new ObjectScope.Only(Set.of(),
        Set.copyOf(List.of(tables).stream().map(TableName::parse).toList()));
  }

  private static ObjectScope schemas(String... schemas) {
    return new ObjectScope.Only(Set.of(schemas), Set.of());
  }

  private static AdminConnection connect(String role) throws IOException {
    return AdminConnection.open(NamedCompute.socket(database.compute()), role, "shop",
        Duration.ofSeconds(20));
  }

  private static String tried(String role, String sql) throws IOException {
    try (AdminConnection connection = connect(role)) {
      return sqlState(connection, sql);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT n FROM secret", "SELECT n FROM around",
      "SELECT n FROM desk.notes",
      "SELECT peep()", "SELECT desk.peep()", "SELECT count(*) FROM parted",
      "SELECT * FROM query_to_xml('SELECT n FROM secret', true, false, '')",
      "SELECT database_to_xml(true, false, '') IS NULL; SELECT n FROM secret",
      "COPY secret TO STDOUT", "TABLE secret", "BEGIN; LOCK TABLE secret IN ACCESS SHARE MODE",
      "SELECT last_value FROM listed_id_seq; SELECT last_value FROM desk.notes_id_seq",
      "INSERT INTO listed(n) VALUES (1)", "UPDATE listed SET n = 1", "DELETE FROM listed",
      "SELECT n FROM listed FOR UPDATE", "SELECT n FROM listed FOR KEY SHARE", "TRUNCATE listed",
      "SELECT nextval('listed_id_seq')", "CREATE VIEW mine AS SELECT n FROM secret",
      "CREATE TABLE desk.mine(n int)", "CREATE TEMP TABLE x(n int)",
      "SET ROLE reveille_readers", "SET ROLE pg_read_all_data",
      "DO $$ BEGIN PERFORM n FROM secret; END $$"})
  void aReaderOfOneTableReachesNothingElse(String statement) throws Exception {
    logIn("a_one", Mode.RO, tables("listed"));

    assertThat(tried("a_one", statement)).isEqualTo(REFUSED);
    assertThat(tried("a_one", "SELECT n FROM listed")).isEqualTo("allowed");
  }

  @Test
  void aWriterOfOneTableUsesItsSequencesToo() throws Exception {
    logIn("a_write", Mode.RW, tables("listed"));

    try (AdminConnection writer = connect("a_write")) {
      assertThat(sqlState(writer, "INSERT INTO listed(n) VALUES (7)")).isEqualTo("allowed");
      assertThat(sqlState(writer, "UPDATE listed SET n = n")).isEqualTo("allowed");
      assertThat(sqlState(writer, "DELETE FROM listed WHERE n = 7")).isEqualTo("allowed");
      assertThat(sqlState(writer, "INSERT INTO desk.notes(n) VALUES (7)")).isEqualTo(REFUSED);
      assertThat(sqlState(writer, "SELECT nextval('desk.notes_id_seq')")).isEqualTo(REFUSED);
      assertThat(sqlState(writer, "INSERT INTO secret VALUES (7)")).isEqualTo(REFUSED);
      assertThat(sqlState(writer, "TRUNCATE listed")).isEqualTo(REFUSED);
    }
  }

  @Test
  void aViewAndAPartitionAreReachedAsThemselvesOnly() throws Exception {
    logIn("a_parts", Mode.RO, tables("shown", "parted_one"));

    try (AdminConnection reader = connect("a_parts")) {
      assertThat(reader.query("SELECT n FROM shown")).containsExactly(List.of("3"));
      assertThat(reader.query("SELECT n FROM parted_one")).containsExactly(List.of("1"));
      assertThat(sqlState(reader, "SELECT n FROM secret")).isEqualTo(REFUSED);
      assertThat(sqlState(reader, "SELECT n FROM parted")).isEqualTo(REFUSED);
      assertThat(sqlState(reader, "SELECT n FROM parted_two")).isEqualTo(REFUSED);
    }
  }

  @Test
  void aSchemaMeansTheTablesMadeLaterToo() throws Exception {
    logIn("a_desk", Mode.RW, schemas("desk"));
    owner("CREATE TABLE desk.later(id serial, n int)");

    try (AdminConnection writer = connect("a_desk")) {
      assertThat(sqlState(writer, "INSERT INTO desk.later(n) VALUES (1)")).isEqualTo("allowed");
      assertThat(sqlState(writer, "INSERT INTO desk.notes(n) VALUES (1)")).isEqualTo("allowed");
      assertThat(sqlState(writer, "SELECT n FROM public.listed")).isEqualTo(REFUSED);
      assertThat(sqlState(writer, "SELECT desk.peep()")).isEqualTo(REFUSED);
      assertThat(sqlState(writer, "DROP TABLE desk.later")).isEqualTo(REFUSED);
    }
    owner("DROP TABLE desk.later");
  }

  @Test
  void whatIsListedAndMadeLaterIsGrantedAtTheNextLogin() throws Exception {
    LoginRole role = new LoginRole("a_early", Mode.RO, new ObjectScope.Only(Set.of("attic"),
        Set.of(TableName.parse("soon"))), 1, 5);
    await(cell.provider().login(database.route(), database.compute(), role));

    owner("CREATE TABLE soon(n int); CREATE SCHEMA attic; CREATE TABLE attic.box(n int)");
    assertThat(tried("a_early", "SELECT n FROM soon")).isEqualTo(REFUSED);
    await(cell.provider().login(database.route(), database.compute(), role));
    assertThat(tried("a_early", "SELECT soon.n FROM soon, attic.box")).isEqualTo("allowed");

    owner("DROP TABLE soon; CREATE TABLE soon(n int)");
    assertThat(tried("a_early", "SELECT n FROM soon")).isEqualTo(REFUSED);
    await(cell.provider().login(database.route(), database.compute(), role));
    assertThat(tried("a_early", "SELECT n FROM soon")).isEqualTo("allowed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Upper Case", "quo\"te", "it's", "back\\slash", "größe_☃",
      "drop table t;--",
      "%I %s", "$do$", "select", ":role", ":tableNames", ":tableSchemas"})
  void anyNameIsOnlyAName(String name) throws Exception {
    owner("CREATE SCHEMA " + Sql.identifier(name) + "; CREATE TABLE " + Sql.identifier(name) + "."
        + Sql.identifier(name) + "(n int); CREATE TABLE " + Sql.identifier(name)
        + ".other(n int); CREATE TABLE public." + Sql.identifier(name) + "(id serial, n int)");
    logIn("a_named", Mode.RW,
        new ObjectScope.Only(Set.of(), Set.of(new TableName(name, name),
            new TableName("public", name))));
    String table = Sql.identifier(name) + "." + Sql.identifier(name);

    try (AdminConnection writer = connect("a_named")) {
      assertThat(sqlState(writer, "INSERT INTO " + table + " VALUES (1)")).isEqualTo("allowed");
      assertThat(sqlState(writer, "INSERT INTO public." + Sql.identifier(name) + "(n) VALUES (1)"))
          .isEqualTo("allowed");
      assertThat(sqlState(writer, "SELECT n FROM " + Sql.identifier(name) + ".other"))
          .isEqualTo(REFUSED);
    }
    logIn("a_named", Mode.RW, schemas(name));
    assertThat(tried("a_named", "SELECT n FROM " + Sql.identifier(name) + ".other"))
        .isEqualTo("allowed");
    assertThat(tried("a_named", "SELECT n FROM public." + Sql.identifier(name)))
        .isEqualTo(REFUSED);
  }

  @Test
  void aNarrowerVersionTakesAwayWhatTheOneBeforeGave() throws Exception {
    logIn("a_less", Mode.RW, new ObjectScope.All());
    assertThat(tried("a_less", "INSERT INTO secret VALUES (3)")).isEqualTo("allowed");

    logIn("a_less", Mode.RW, schemas("desk", "public"));
    assertThat(tried("a_less", "INSERT INTO secret VALUES (3)")).isEqualTo("allowed");
    assertThat(tried("a_less", "TABLE secret; SET ROLE reveille_writers")).isEqualTo(REFUSED);

    logIn("a_less", Mode.RO, schemas("desk"));
    assertThat(tried("a_less", "SELECT n FROM secret")).isEqualTo(REFUSED);
    assertThat(tried("a_less", "INSERT INTO desk.notes(n) VALUES (1)")).isEqualTo(REFUSED);
    assertThat(tried("a_less", "SELECT n FROM desk.notes")).isEqualTo("allowed");
    owner("CREATE TABLE after_it(n int)");
    assertThat(tried("a_less", "SELECT n FROM after_it")).isEqualTo(REFUSED);

    logIn("a_less", Mode.RO, new ObjectScope.Only(Set.of(), Set.of()));
    assertThat(tried("a_less", "SELECT n FROM desk.notes")).isEqualTo(REFUSED);
    owner("CREATE TABLE desk.after_it(n int)");
    assertThat(tried("a_less", "SELECT n FROM desk.after_it")).isEqualTo(REFUSED);
    owner("DROP TABLE desk.after_it; DROP TABLE after_it");
  }

  @Test
  void whatSomebodyGrantedByHandGoesAtTheNextLogin() throws Exception {
    logIn("a_extra", Mode.RO, tables("listed"));
    owner("GRANT ALL ON secret TO a_extra; GRANT SELECT (n) ON desk.notes TO a_extra;"
        + "GRANT EXECUTE ON FUNCTION peep() TO a_extra; GRANT CREATE ON SCHEMA desk TO a_extra;"
        + "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO a_extra;"
        + "GRANT TEMP ON DATABASE shop TO a_extra");
    assertThat(tried("a_extra", "INSERT INTO secret VALUES (1)")).isEqualTo("allowed");

    logIn("a_extra", Mode.RO, tables("listed"));

    for (String statement : List.of("SELECT n FROM secret", "SELECT n FROM desk.notes",
        "SELECT peep()", "CREATE TABLE desk.mine(n int)", "CREATE TEMP TABLE x(n int)")) {
      assertThat(tried("a_extra", statement)).as(statement).isEqualTo(REFUSED);
    }
    owner("CREATE TABLE default_open(n int)");
    assertThat(tried("a_extra", "SELECT n FROM default_open")).isEqualTo(REFUSED);
    assertThat(tried("a_extra", "SELECT n FROM listed")).isEqualTo("allowed");
  }

  @Test
  void aSecondLookFindsNothingToDo() throws Exception {
    ObjectScope scope = new ObjectScope.Only(Set.of("desk"), Set.of(TableName.parse("listed")));
    LoginRole role = new LoginRole("a_same", Mode.RW, scope, 1, 5);
    await(cell.provider().login(database.route(), database.compute(), role));

    try (AdminConnection admin = Administration.open(NamedCompute.socket(database.compute()),
        "shop", Duration.ofSeconds(20))) {
      assertThat(RoleReading.of(admin, role).matches(role)).isTrue();
      assertThat(RoleReading.of(admin, LocalCell.ddl()).matches(LocalCell.ddl())).isTrue();
    }
  }
}
