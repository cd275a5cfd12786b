package dev.reveille.proxy.cli;

import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Branches, checkpoints, restores and lifetimes from the command line, with real clients. */
@SuppressWarnings("NullAway.Init")
class BranchCommandsTest {
  private static Cli cli;

  @BeforeAll
  static void up() throws Exception {
    cli = Cli.inFreshHome();
    assertThat(cli.up().exitCode()).isZero();
  }

  @AfterAll
  static void down() throws Exception {
    cli.remove();
  }

  private static String made(String... arguments) throws Exception {
    Cli.Result result = cli.run(arguments);
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.out().strip();
  }

  private static JsonNode json(String... arguments) throws Exception {
    return JsonMapper.shared().readTree(made(arguments));
  }

  @Test
  void a_restore_brings_back_what_was_and_can_be_undone() throws Exception {
    String shop = made("create", "shop");
    var _ = Cli.query(shop, "create table orders as select 1 as id");
    assertThat(made("checkpoint", "shop", "--as", "before")).isEqualTo("before");
    var _ = Cli.query(shop, "insert into orders values (2)");

    String undo = made("restore", "shop", "before");

    assertThat(Cli.query(shop, "select count(*) from orders")).isEqualTo("1");
    assertThat(undo).startsWith("before-restore-");
    var _ = made("restore", "shop", undo);
    assertThat(Cli.query(shop, "select count(*) from orders")).isEqualTo("2");
    assertThat(json("checkpoints", "shop", "--json").findValuesAsString("kind"))
        .containsExactlyInAnyOrder("named", "restore", "restore");
  }

  @Test
  void a_branch_has_its_parents_rows_and_none_of_its_credentials() throws Exception {
    String parent = made("create", "parent");
    var _ = Cli.query(parent, "create table kept as select 7 as id");

    Cli.Result branch = cli.run("branch", "parent", "try1", "--ttl", "2h");

    assertThat(branch.err()).contains("\"try1\" expires at", "2 hours");
    String url = branch.out().strip();
    assertThat(Cli.query(url, "select id from kept")).isEqualTo("7");
    assertThat(Cli.query(url, "select current_database()")).isEqualTo("try1");
    var _ = Cli.query(url, "delete from kept");
    assertThat(Cli.query(parent, "select id from kept")).isEqualTo("7");
    assertThatThrownBy(() -> Cli.query(parent.replace("/parent?", "/try1?"), "select 1"))
        .isInstanceOfSatisfying(SQLException.class,
            refused -> assertThat(refused.getSQLState()).isEqualTo("42501"));
    for (JsonNode one : json("list", "--json")) {
      if (one.path("name").asString().equals("try1")) {
        assertThat(one.path("parent").asString()).isEqualTo("parent");
        assertThat(one.path("expires").asString()).isNotEmpty();
      }
    }
    assertThat(made("list")).contains("EXPIRES", "PARENT", "never");
  }

  @Test
  void a_rename_keeps_credentials_and_a_ttl_is_read_strictly() throws Exception {
    String url = made("create", "old");
    var _ = Cli.query(url, "create table kept as select 7 as id");
    assertThat(cli.run("rename", "old", "new").exitCode()).isZero();
    assertThat(Cli.query(url.replace("/old?", "/new?"), "select id from kept")).isEqualTo("7");
    assertThat(cli.run("rename", "none", "other").exitCode()).isEqualTo(ExitCode.NOT_FOUND);

    assertThat(cli.run("set", "new", "ttl=7 days", "suspend_after=60s").err())
        .contains("expires at", "7 days");
    Cli.Result wrong = cli.run("set", "new", "ttl=soon");
    assertThat(wrong.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(wrong.err()).contains("invalid value for \"ttl\"", "'2 h'");
    assertThat(made("doctor")).contains("every storage has a record");
  }
}
