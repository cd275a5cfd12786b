package dev.reveille.chaos.product;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.tools.Command;
import dev.reveille.chaos.tools.Tools;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

/** What a credential with {@code checkpoint_before: destructive} drops by mistake comes back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UndoTest {
  private static final Pattern NAMED = Pattern.compile("checkpoint \"(auto-[^\"]+)\" was taken");

  private final Started started = new Started();
  private RunningReveille reveille;

  @BeforeAll
  void start() throws Exception {
    reveille = started.add(Products.start(Products.SMALL + "undo: {interval: 0s}\n"));
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  private ConnectionString careful(String database) {
    return ConnectionString.parse(reveille.run("credential", "create", "--database", database,
        "--mode", "ddl", "--checkpoint-before", "destructive"));
  }

  private static Command.Outcome psql(ConnectionString url, String sql) {
    return Command.of(Tools.pgProgram("psql").toString(), "-Xq", "-v", "ON_ERROR_STOP=1", "-c", sql,
        url.text()).run();
  }

  private static int count(ConnectionString url, String table) throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from " + table)) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private static String checkpointIn(String text) {
    Matcher named = NAMED.matcher(text);
    assertThat(named.find()).as(text).isTrue();
    return named.group(1);
  }

  @Test
  void a_table_that_is_dropped_through_psql_comes_back_as_the_notice_says() throws Exception {
    ConnectionString owner = reveille.create("orders");
    psql(owner, "create table orders as select generate_series(1, 1000) as id").orThrow();
    ConnectionString careful = careful("orders");

    String told = psql(careful, "drop table orders").orThrow().err();
    String checkpoint = checkpointIn(told);
    assertThat(told).contains("It has what was committed.")
        .contains("reveille restore orders " + checkpoint);
    assertThat(psql(owner, "select 1 from orders").succeeded()).isFalse();

    reveille.run("restore", "orders", checkpoint);
    assertThat(count(owner, "orders")).isEqualTo(1000);
  }

  @Test
  void a_driver_is_told_in_a_warning_and_a_plain_credential_is_told_nothing() throws Exception {
    ConnectionString owner = reveille.create("stock");
    psql(owner, "create table stock (a int); insert into stock values (1), (2)").orThrow();

    try (Connection connection = careful("stock").connect();
        var delete = connection.prepareStatement("delete from stock")) {
      assertThat(delete.executeUpdate()).isEqualTo(2);
      String checkpoint = checkpointIn(String.valueOf(delete.getWarnings().getMessage()));
      assertThat(reveille.run("checkpoints", "stock")).contains(checkpoint);
    }
    try (Connection connection = owner.connect();
        Statement truncate = connection.createStatement()) {
      truncate.execute("truncate stock");
      assertThat((Throwable) truncate.getWarnings()).isNull();
    }
  }

  @Test
  void a_live_session_is_under_the_mark_soon_after_its_credential_is_narrowed() throws Exception {
    ConnectionString owner = reveille.create("live");
    psql(owner, "create table t (a int)").orThrow();
    ConnectionString narrowed = ConnectionString.parse(reveille.run("credential", "create",
        "--name", "a_live", "--database", "live", "--mode", "ddl"));
    try (Connection connection = narrowed.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("delete from t");
      assertThat((Throwable) statement.getWarnings()).isNull();
      reveille.run("credential", "narrow", "a_live", "--in-place", "--checkpoint-before",
          "destructive");

      Awaitility.await().untilAsserted(() -> {
        statement.clearWarnings();
        statement.execute("delete from t");
        assertThat((Throwable) statement.getWarnings()).isNotNull();
      });
    }
    assertThat(reveille.tryRun("credential", "narrow", "a_live", "--as", "a_free",
        "--checkpoint-before", "nothing").err())
        .contains("checkpoint_before (nothing, not within destructive)");
  }
}
