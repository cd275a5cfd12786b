package dev.reveille.chaos.console;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.Proc;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.product.ComputeView;
import dev.reveille.chaos.product.GatedPostgres;
import dev.reveille.chaos.product.Products;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Commands of the console that wait: for sessions to go, because churn is slowed down, for a wake or for a
 * clone. They end when the client cancels, or when its {@code statement_timeout} is over.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConsoleCancelTest {
  private static final String DONE = "00000";

  private final Started started = new Started();
  private GatedPostgres gate;
  private RunningReveille reveille;
  private ConnectionString boss;

  /** How a statement ended. */
  private record End(String state, String message, String detail) {
    static End of(SQLException e) {
      ServerErrorMessage told = e instanceof PSQLException error
          ? error.getServerErrorMessage()
          : null;
      return told == null
          ? new End(String.valueOf(e.getSQLState()), String.valueOf(e.getMessage()), "")
          : new End(String.valueOf(told.getSQLState()), String.valueOf(told.getMessage()),
              String.valueOf(told.getDetail()));
    }
  }

  @BeforeAll
  void start() throws Exception {
    gate = started.add(GatedPostgres.make());
    reveille = started.add(Products.start("""
        compute:
          bin-directory: %s
          prepared-running: 1
          prepared-copied: 0
        plans:
          - name: default
            churn-per-hour: 1
        tls:
          plaintext: true
        """.formatted(gate.directory())));
    boss = ConnectionString
        .parse(reveille.run("credential", "create", "--all-databases", "--mode", "ddl", "--for",
            "app", "--allow", "manage_databases"))
        .with("sslmode", "disable")
        .without("sslrootcert");
    reveille.create("sleeps");
    reveille.control("suspend", "sleeps");
  }

  @AfterEach
  void openTheGate() throws IOException {
    gate.open();
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  private static CompletableFuture<End> begin(Statement statement, String sql) {
    CompletableFuture<End> end = new CompletableFuture<>();
    Thread.ofVirtual().start(() -> {
      try {
        statement.execute(sql);
        end.complete(new End(DONE, "", ""));
      } catch (SQLException e) {
        end.complete(End.of(e));
      }
    });
    return end;
  }

  private static End end(CompletableFuture<End> begun) throws Exception {
    return begun.get(30, TimeUnit.SECONDS);
  }

  /**
   * Cancels until it has ended: the first request may come before the statement. By the connection, because
   * a statement of pgjdbc sends only one.
   */
  private static End cancelled(Statement statement, String sql) throws Exception {
    CompletableFuture<End> begun = begin(statement, sql);
    PGConnection connection = ConnectionString.driver(statement.getConnection());
    Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
      connection.cancelQuery();
      assertThat(begun).isDone();
    });
    return end(begun);
  }

  private static List<String> databases(Statement statement) throws SQLException {
    List<String> names = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(
        "SELECT datname FROM pg_database WHERE oid >= 1 << 30 ORDER BY 1")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  @Test
  void a_drop_waits_for_sessions_that_go_and_counts_those_that_stay() throws Exception {
    reveille.create("leaves");
    try (Connection console = boss.toDatabase("postgres").connect();
        Statement statement = console.createStatement()) {
      Connection first = boss.toDatabase("leaves").connect();
      Connection second = boss.toDatabase("leaves").connect();

      CompletableFuture<End> refused = begin(statement, "DROP DATABASE leaves");
      End stayed = end(refused);
      CompletableFuture<End> dropped = begin(statement, "DROP DATABASE leaves");
      first.close();
      second.close();

      assertThat(stayed.state()).isEqualTo("55006");
      assertThat(stayed.message())
          .isEqualTo("database \"leaves\" is being accessed by other users");
      assertThat(stayed.detail()).isEqualTo("There are 2 other sessions using the database.");
      assertThat(end(dropped).state()).isEqualTo(DONE);
      assertThat(databases(statement)).doesNotContain("leaves");
    }
  }

  @Test
  void a_cancelled_drop_or_rename_leaves_the_database_as_it_was() throws Exception {
    reveille.create("stays");
    try (Connection console = boss.toDatabase("postgres").connect();
        Statement statement = console.createStatement()) {
      try (Connection session = boss.toDatabase("stays").connect();
          Statement inside = session.createStatement()) {
        End drop = cancelled(statement, "DROP DATABASE stays");
        End rename = cancelled(statement, "ALTER DATABASE stays RENAME TO other");

        assertThat(List.of(drop, rename)).allSatisfy(end -> {
          assertThat(end.state()).isEqualTo("57014");
          assertThat(end.message()).isEqualTo("canceling statement due to user request");
        });
        assertThat(databases(statement)).contains("stays").doesNotContain("other");
        assertThat(inside.execute("SELECT 1")).isTrue();
      }
      statement.execute("DROP DATABASE stays");
    }
  }

  @Test
  void the_current_database_is_neither_dropped_nor_renamed() throws Exception {
    reveille.create("current");
    try (Connection session = boss.toDatabase("current").connect();
        Statement statement = session.createStatement()) {
      End drop = end(begin(statement, "DROP DATABASE current WITH (FORCE)"));
      End rename = end(begin(statement, "ALTER DATABASE current RENAME TO other"));

      assertThat(drop)
          .isEqualTo(new End("55006", "cannot drop the currently open database", "null"));
      assertThat(rename)
          .isEqualTo(new End("0A000", "current database cannot be renamed", "null"));
      assertThat(end(begin(statement, "DROP DATABASE postgres")))
          .isEqualTo(new End("42501", "must be owner of database postgres", "null"));
      assertThat(statement.execute("SELECT 1")).isTrue();
    }
    reveille.control("drop", "current");
  }

  @Test
  void a_create_that_is_slowed_down_can_be_cancelled_and_its_name_is_free() throws Exception {
    try (Connection console = boss.toDatabase("postgres").connect();
        Statement statement = console.createStatement()) {
      for (int i = 0; i < 2; i++) { // from here on the next one waits for ten seconds
        statement.execute("CREATE DATABASE churned");
        statement.execute("DROP DATABASE churned");
      }

      End end = cancelled(statement, "CREATE DATABASE churned");

      assertThat(end.state()).isEqualTo("57014");
      assertThat(databases(statement)).doesNotContain("churned");
      statement.execute("CREATE DATABASE churned");
      assertThat(databases(statement)).contains("churned");
      statement.execute("DROP DATABASE churned");
    }
  }

  private static void set(Statement statement, String timeout) throws SQLException {
    statement.execute("SET statement_timeout = '" + timeout + "'");
  }

  private static void isTimeout(End end) {
    assertThat(end)
        .isEqualTo(new End("57014", "canceling statement due to statement timeout", "null"));
  }

  /** First, as long as no create is slowed down. A clone of what runs waits for a checkpoint. */
  @Test
  @Order(1)
  void a_clone_that_is_cancelled_or_takes_too_long_leaves_nothing_half_made() throws Exception {
    reveille.create("cloned");
    try (Connection session = boss.toDatabase("cloned").connect();
        Connection console = boss.toDatabase("postgres").connect();
        Statement inside = session.createStatement();
        Statement statement = console.createStatement()) {
      inside.execute("CREATE TABLE kept AS SELECT 1 AS id");
      long checkpointer = checkpointer("cloned");
      Proc.signal(checkpointer, "STOP");
      try {
        CompletableFuture<End> begun = begin(statement, "CREATE DATABASE half TEMPLATE cloned");
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(() -> assertThat(reveille.run("list")).contains("creating"));
        ConnectionString.driver(console).cancelQuery();
        assertThat(end(begun).message()).isEqualTo("canceling statement due to user request");
        set(statement, "300ms");
        isTimeout(end(begin(statement, "CREATE DATABASE half TEMPLATE cloned")));
        set(statement, "0");

        assertThat(databases(statement)).contains("cloned").doesNotContain("half");
        assertThat(reveille.run("list")).doesNotContain("half");
      } finally {
        Proc.signal(checkpointer, "CONT");
      }
      assertThat(reveille.run("doctor"))
          .contains("every storage has a record, and every record a storage");
      statement.execute("CREATE DATABASE half TEMPLATE cloned");
      try (Connection branch = boss.toDatabase("half").connect();
          Statement there = branch.createStatement()) {
        assertThat(there.execute("SELECT id FROM kept")).isTrue();
      }
    }
  }

  private long checkpointer(String database) throws IOException {
    return ProcessHandle.of(ComputeView.of(reveille, database).processId())
        .orElseThrow()
        .children()
        .map(ProcessHandle::pid)
        .filter(pid -> Proc.words(pid).getFirst().contains("checkpointer"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_wake_that_is_cancelled_or_takes_too_long_can_be_asked_for_again() throws Exception {
    gate.shut();
    for (String mode : List.of("extended", "simple")) {
      try (Connection console = boss.toDatabase("postgres").connect("preferQueryMode", mode);
          Statement statement = console.createStatement()) {
        assertThat(cancelled(statement, "WAKE sleeps").message()).as(mode)
            .isEqualTo("canceling statement due to user request");
        set(statement, "1s");
        isTimeout(end(begin(statement, "WAKE sleeps")));
        assertThat(statement.execute("SELECT count(*) FROM pg_database")).isTrue();
        set(statement, "0");
      }
      try (Connection console = boss.toDatabase("postgres")
          .connect("preferQueryMode", mode, "options", "-c statement_timeout=1s");
          Statement statement = console.createStatement()) {
        isTimeout(end(begin(statement, "WAKE sleeps")));
      }
    }
    gate.open();

    try (Connection console = boss.toDatabase("postgres").connect();
        Statement statement = console.createStatement()) {
      set(statement, "1min");
      assertThat(end(begin(statement, "WAKE sleeps")).state()).isEqualTo(DONE);
      assertThat(databases(statement)).contains("sleeps");
      try (Connection session = boss.toDatabase("sleeps").connect()) {
        assertThat(session.isValid(10)).isTrue();
      }
    }
  }
}
