package dev.reveille.chaos.console;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.tools.Command;
import dev.reveille.chaos.tools.Tools;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import liquibase.command.CommandScope;
import liquibase.exception.CommandExecutionException;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Migrations, unchanged, in databases that are made for them at the console, as people do in CI. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MigrationToolsTest {
  private static final String TABLES = "select count(*) from pg_tables where schemaname = 'public'";
  /** Three, and a repeatable one. */
  private static final int FLYWAYS = 4;

  private Boss boss;

  @BeforeAll
  void start() throws Exception {
    System.setProperty("liquibase.analytics.enabled", "false");
    boss = Boss.start();
  }

  @AfterAll
  void stop() throws Exception {
    boss.close();
  }

  private static String jdbc(ConnectionString url) {
    return "jdbc:postgresql://" + url.host() + ":" + url.port() + "/" + url.database()
        + "?sslmode=" + url.parameters().get("sslmode");
  }

  private Flyway flyway(String database) {
    ConnectionString url = boss.at(database);
    return Flyway.configure()
        .dataSource(jdbc(url), url.user(), url.secret())
        .locations("classpath:drivers/hibernate_shop")
        .target("3")
        .cleanDisabled(false)
        .load();
  }

  @Test
  void flyway_migrates_once_and_cleans_a_branch_to_try_it_all_again() throws Exception {
    boss.psql("postgres", "create database made_flyway");
    assertThat(flyway("made_flyway").migrate().migrationsExecuted).isEqualTo(FLYWAYS);
    assertThat(flyway("made_flyway").migrate().migrationsExecuted).isZero();
    boss.reveille().control("suspend", "made_flyway");
    assertThat(flyway("made_flyway").migrate().migrationsExecuted).isZero();
    String tables = boss.psql("made_flyway", TABLES);

    boss.psql("postgres", "create database made_flyway_try template made_flyway");
    Flyway inBranch = flyway("made_flyway_try");
    inBranch.validate();
    inBranch.clean();
    assertThat(boss.psql("made_flyway_try", TABLES)).isEqualTo("0");
    assertThat(inBranch.migrate().migrationsExecuted).isEqualTo(FLYWAYS);
    assertThat(boss.psql("made_flyway_try", TABLES)).isEqualTo(tables);
    boss.psql("postgres", "drop database made_flyway_try");

    assertThat(boss.psql("made_flyway", TABLES)).isEqualTo(tables);
    boss.psql("postgres", "drop database made_flyway");
  }

  /** What Liquibase's command of this name prints. */
  private String liquibase(String command, String database, Map<String, String> more)
      throws CommandExecutionException {
    ConnectionString url = boss.at(database);
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    CommandScope scope = new CommandScope(command).addArgumentValue("url", jdbc(url))
        .addArgumentValue("username", url.user())
        .addArgumentValue("password", url.secret())
        .setOutput(printed);
    for (Map.Entry<String, String> argument : more.entrySet()) {
      scope.addArgumentValue(argument.getKey(), argument.getValue());
    }
    scope.execute();
    return printed.toString(StandardCharsets.UTF_8);
  }

  private void update(String database, String changelog) throws CommandExecutionException {
    liquibase("update", database, Map.of("changelogFile", "console/liquibase/" + changelog));
  }

  private String diff(String reference, String database) throws CommandExecutionException {
    ConnectionString url = boss.at(reference);
    return liquibase("diff", database, Map.of("referenceUrl", jdbc(url), "referenceUsername",
        url.user(), "referencePassword", url.secret()));
  }

  private String changeSets(String database) {
    return boss.psql(database,
        "select string_agg(id, ',' order by orderexecuted) from databasechangelog");
  }

  @Test
  void liquibase_updates_once_compares_branches_and_drops_all() throws Exception {
    boss.psql("postgres", "create database made_liquibase");
    update("made_liquibase", "changelog.xml");
    assertThat(changeSets("made_liquibase")).isEqualTo("items,rows,functions");
    update("made_liquibase", "changelog.xml");
    boss.reveille().control("suspend", "made_liquibase");
    update("made_liquibase", "changelog.xml");
    assertThat(changeSets("made_liquibase")).isEqualTo("items,rows,functions");

    boss.psql("postgres", "create database made_liquibase_try template made_liquibase");
    assertThat(diff("made_liquibase", "made_liquibase_try"))
        .containsPattern("Missing Column\\(s\\): NONE")
        .containsPattern("Unexpected Column\\(s\\): NONE");
    update("made_liquibase_try", "later.xml");
    assertThat(diff("made_liquibase", "made_liquibase_try"))
        .containsPattern("Unexpected Column\\(s\\):\\s+public\\.items\\.note");
    liquibase("rollbackCount", "made_liquibase_try",
        Map.of("changelogFile", "console/liquibase/later.xml", "count", "1"));
    assertThat(changeSets("made_liquibase_try")).isEqualTo("items,rows,functions");
    liquibase("dropAll", "made_liquibase_try", Map.of());
    assertThat(boss.psql("made_liquibase_try", TABLES)).isEqualTo("0");
    update("made_liquibase_try", "later.xml");
    assertThat(changeSets("made_liquibase_try")).isEqualTo("items,rows,functions,note");

    boss.psql("postgres", "drop database made_liquibase_try");
    boss.psql("postgres", "drop database made_liquibase");
  }

  private static Path prismaProject(Path where) throws Exception {
    Path schema = Files.createDirectory(where.resolve("prisma")).resolve("schema.prisma");
    Files.copy(Boss.resource("prisma/prisma/schema.prisma"), schema);
    Files.copy(Boss.resource("prisma/prisma.config.ts"), where.resolve("prisma.config.ts"));
    Files.createSymbolicLink(where.resolve("node_modules"), Tools.nodePrismaPackages());
    return schema;
  }

  private Command prisma(Path project, String database, Command program, String... words) {
    return program.and(Tools.node().toString(), "node_modules/prisma/build/index.js")
        .and(words)
        .in(project)
        .with("HOME", project.toString())
        .with("TERM", "xterm")
        .with("CI", "")
        .with("GITHUB_ACTIONS", "")
        .with("CHECKPOINT_DISABLE", "1")
        .with("DATABASE_URL", "postgresql://localhost/" + database)
        .with("PGDATABASE", database);
  }

  private void migrateDev(Path project, String name) throws Exception {
    Command terminal = boss.tool(Tools.python().toString(),
        Boss.resource("prisma/terminal.py").toString(), "Your database is now in sync");
    prisma(project, "made_prisma", terminal, "migrate", "dev", "--skip-generate", "--name", name)
        .run()
        .orThrow();
  }

  @Test
  void prisma_replays_migrations_in_shadow_databases_that_it_makes_and_drops(
      @TempDir Path project) throws Exception {
    Path schema = prismaProject(project);
    boss.psql("postgres", "create database made_prisma");

    migrateDev(project, "init");
    Files.writeString(schema, "model Tag {\n  id Int @id\n  name String @unique\n}\n",
        StandardOpenOption.APPEND);
    migrateDev(project, "tags");
    boss.reveille().control("suspend", "made_prisma");
    String difference = prisma(project, "made_prisma", boss.tool(), "migrate", "diff",
        "--from-migrations", "prisma/migrations", "--to-schema-datamodel",
        "prisma/schema.prisma", "--script").run().orThrow().out();
    boss.psql("postgres", "create database made_prisma_check");
    prisma(project, "made_prisma_check", boss.tool(), "migrate", "deploy")
        .with("PRISMA_SCHEMA_DISABLE_ADVISORY_LOCK", "1") // its timer goes on for ten seconds
        .run()
        .orThrow();

    assertThat(difference).contains("empty migration");
    for (String database : List.of("made_prisma", "made_prisma_check")) {
      assertThat(boss.psql(database, "select string_agg(tablename, ',' order by tablename)"
          + " from pg_tables where schemaname = 'public'"))
          .isEqualTo("Post,Tag,User,_prisma_migrations");
    }
    assertThat(boss.psql("reveille", "select kind, count(*) > 2 from reveille.events"
        + " where database like 'prisma\\_migrate\\_shadow\\_db\\_%' and kind like 'database%'"
        + " group by kind order by kind"))
        .isEqualTo("database_created|t\ndatabase_dropped|t");
    assertThat(boss.psql("postgres", "select datname from pg_database where datname like 'pri%'"))
        .isEmpty();
    boss.psql("postgres", "drop database made_prisma_check");
    boss.psql("postgres", "drop database made_prisma");
  }
}
