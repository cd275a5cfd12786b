package dev.reveille.proxy.console;

import dev.reveille.proxy.relay.RealPostgres;
import dev.reveille.proxy.relay.TestDoor;
import dev.reveille.proxy.relay.WireClient.Message;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.ErrorFields;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class BrokerTest extends WithBroker {
  BrokerTest() {
    super(new Place(false, false));
  }

  private static String tag(Message message) {
    return ((BackendMessage.CommandComplete) message.decoded()).tag();
  }

  private static char status(List<Message> messages) {
    return (char) messages.getLast().body()[0];
  }

  @Test
  void a_command_is_carried_out_and_answered_with_its_own_tag() throws Exception {
    desk.gate().complete(List.of("it expires"));

    List<Message> answer = ask(Said.query("create Database \"Shop\" template other;"));

    assertThat(types(answer)).isEqualTo("NCZ");
    assertThat(tag(answer.get(1))).isEqualTo("CREATE DATABASE");
    assertThat(((BackendMessage.NoticeResponse) answer.getFirst().decoded()).fields().message())
        .isEqualTo("it expires");
    assertThat(desk.performed).singleElement()
        .isInstanceOfSatisfying(Command.CreateDatabase.class,
            create -> assertThat(create.name()).isEqualTo("Shop"));
  }

  @Test
  void a_refusal_comes_with_all_its_fields_and_leaves_the_session_usable() throws Exception {
    desk.failNext(new Refused("42P04", "database \"shop\" already exists", "Choose another."));

    List<Message> answer = ask(Said.query("CREATE DATABASE shop"));

    assertThat(types(answer)).isEqualTo("EZ");
    assertThat(error(answer).sqlState()).isEqualTo("42P04");
    assertThat(error(answer).hint()).contains("Choose another.");
    assertThat(error(answer).field(ErrorFields.ROUTINE)).isEmpty();
    assertThat(status(answer)).isEqualTo('I');
    assertThat(types(ask(Said.query("SELECT 1")))).isEqualTo("TDCZ");
  }

  @Test
  void nothing_is_carried_out_in_a_transaction_block() throws Exception {
    ask(Said.query("BEGIN"));
    List<Message> inBlock = ask(Said.query("DROP DATABASE shop"));
    List<Message> inFailed = ask(Said.query("DROP DATABASE shop"));
    ask(Said.query("ROLLBACK"));
    List<Message> inScript = ask(Said.query("SELECT 1; SUSPEND shop; SELECT 2"));

    assertThat(types(inBlock)).isEqualTo("EZ");
    assertThat(error(inBlock).sqlState()).isEqualTo("25001");
    assertThat(error(inBlock).message())
        .isEqualTo("DROP DATABASE cannot run inside a transaction block");
    assertThat(status(inBlock)).isEqualTo('E');
    assertThat(error(inFailed).sqlState()).isEqualTo("25P02");
    assertThat(types(inScript)).isEqualTo("TDCEZ");
    assertThat(error(inScript).sqlState()).isEqualTo("25001");
    assertThat(error(inScript).message())
        .isEqualTo("SUSPEND cannot run inside a transaction block");
    assertThat(error(inScript).field(ErrorFields.WHERE)).isEmpty();
    assertThat(error(inScript).field(ErrorFields.ROUTINE)).isEmpty();
    assertThat(desk.performed).isEmpty();
  }

  @Test
  void the_extended_protocol_prepares_describes_and_repeats_a_command() throws Exception {
    List<Message> first = ask(Said.parse("w", "WAKE shop"), Said.describe('S', "w"),
        Said.bind("", "w"), Said.describe('P', ""), Said.execute("", 0), Said.SYNC);
    List<Message> again = ask(Said.bind("p", "w"), Said.execute("p", 1), Said.SYNC);
    List<Message> closed = ask(Said.close('S', "w"), Said.bind("", "w"), Said.execute("", 0),
        Said.SYNC);

    assertThat(types(first)).isEqualTo("1tn2nCZ");
    assertThat(tag(first.get(5))).isEqualTo("WAKE");
    assertThat(types(again)).isEqualTo("2CZ");
    assertThat(types(closed)).isEqualTo("3EZ");
    assertThat(error(closed).sqlState()).isEqualTo("26000");
    assertThat(desk.performed).hasSize(2);
  }

  @Test
  void after_a_failure_the_rest_of_the_pipeline_is_skipped() throws Exception {
    desk.failNext(new Refused("3D000", "database \"shop\" does not exist"));

    List<Message> answer = ask(Said.parse("", "DROP DATABASE shop"), Said.bind("", ""),
        Said.execute("", 0), Said.parse("", "DROP DATABASE other"), Said.bind("", ""),
        Said.execute("", 0), Said.SYNC);

    assertThat(types(answer)).isEqualTo("12EZ");
    assertThat(error(answer).sqlState()).isEqualTo("3D000");
    assertThat(desk.performed).hasSize(1);
    assertThat(types(ask(Said.query("SELECT 1")))).isEqualTo("TDCZ");
  }

  @Test
  void a_command_waits_for_what_came_before_and_what_follows_waits_for_it() throws Exception {
    var gate = desk.gate();

    client.send(Said.query("SELECT 1"), Said.query("WAKE shop"), Said.query("SELECT 2"));
    List<Message> before = client.readToReady();
    await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
      assertThat(desk.performed).hasSize(1);
    });
    Message early = client.poll(50);
    gate.complete(List.of());
    List<Message> own = client.readToReady();
    List<Message> after = client.readToReady();

    assertThat(types(before)).isEqualTo("TDCZ");
    assertThat(early).isNull();
    assertThat(types(own)).isEqualTo("CZ");
    assertThat(types(after)).isEqualTo("TDCZ");
  }

  @Test
  void a_second_statement_of_a_pipeline_cannot_be_a_command() throws Exception {
    List<Message> answer = ask(Said.parse("", "SELECT 1"), Said.bind("", ""),
        Said.execute("", 0), Said.parse("", "WAKE shop"), Said.bind("", ""), Said.execute("", 0),
        Said.SYNC);

    assertThat(types(answer)).isEqualTo("12DC12EZ");
    assertThat(error(answer).sqlState()).isEqualTo("25001");
    assertThat(desk.performed).isEmpty();
  }

  @Test
  void an_error_before_the_command_keeps_it_from_being_carried_out() throws Exception {
    List<Message> answer = ask(Said.parse("w", "WAKE shop"), Said.parse("", "SELEC"),
        Said.bind("", "w"), Said.execute("", 0), Said.SYNC);

    assertThat(types(answer)).isEqualTo("1EZ");
    assertThat(desk.performed).isEmpty();
  }

  @Test
  void a_syntax_error_has_its_place_in_characters() throws Exception {
    List<Message> simple = ask(Said.query("/* größe */ DROP DATABASE shop NOW"));
    List<Message> extended = ask(Said.parse("", "CREATE DATABASE"), Said.bind("", ""),
        Said.execute("", 0), Said.SYNC);
    List<Message> named = ask(Said.parse("n", "RESTORE shop"), Said.SYNC);

    assertThat(error(simple).message()).isEqualTo("syntax error at or near \"NOW\"");
    assertThat(error(simple).field(ErrorFields.POSITION)).contains("32");
    assertThat(types(extended)).isEqualTo("EZ");
    assertThat(error(extended).message()).isEqualTo("syntax error at end of input");
    assertThat(error(named).sqlState()).isEqualTo("42601");
    assertThat(desk.performed).isEmpty();
  }

  @Test
  void bytes_that_come_one_by_one_are_the_same_messages() throws Exception {
    List<byte[]> bytes = new ArrayList<>();
    for (byte[] message : List.of(Said.parse("", "WAKE shop"), Said.bind("", ""),
        Said.execute("", 0), Said.SYNC)) {
      for (byte one : message) {
        bytes.add(new byte[]{one});
      }
    }
    client.socket.setTcpNoDelay(true);
    for (byte[] one : bytes) {
      client.send(one);
    }

    assertThat(types(client.readToReady())).isEqualTo("12CZ");
  }

  @Test
  void what_a_client_ordered_is_done_although_it_leaves() throws Exception {
    var gate = desk.gate();
    client.send(Said.query("WAKE shop"));
    await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
      assertThat(desk.performed).hasSize(1);
    });

    client.close();
    gate.complete(List.of());

    assertThat(gate).isDone();
  }

  /** The SQLSTATE with which a statement of a driver's ends that is cancelled once {@code begun}. */
  private String cancelled(TestDoor at, String sql, ThrowingRunnable begun, Runnable then)
      throws Exception {
    try (Connection connection = DriverManager.getConnection(at.url());
        Statement statement = connection.createStatement()) {
      CompletableFuture<String> end = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> {
        try {
          statement.execute(sql);
          end.complete("00000");
        } catch (SQLException e) {
          end.complete(e.getSQLState());
        }
      });
      await().atMost(Duration.ofSeconds(10)).untilAsserted(begun);
      statement.cancel();
      then.run();
      String state = end.get(20, TimeUnit.SECONDS);
      assertThat(statement.execute("SELECT 1")).isTrue();
      return state;
    }
  }

  @Test
  void a_cancel_request_takes_the_command_back_that_is_at_work() throws Exception {
    var gate = desk.gate();

    String state = cancelled(door, "WAKE shop", () -> assertThat(desk.recalls).hasSize(1), () -> {
      await().atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(desk.recalls.getFirst().isAsked()).isTrue());
      gate.completeExceptionally(
          new Refused("57014", "canceling statement due to user request"));
    });

    assertThat(state).isEqualTo("57014");
    assertThat(types(ask(Said.query("WAKE shop")))).isEqualTo("CZ");
    assertThat(desk.recalls.getLast().isAsked()).isFalse();
  }

  @Test
  void what_a_cancel_request_did_not_stop_has_its_true_outcome() throws Exception {
    var gate = desk.gate();

    String state = cancelled(door, "WAKE shop", () -> assertThat(desk.recalls).hasSize(1),
        () -> gate.complete(List.of()));

    assertThat(state).isEqualTo("00000");
  }

  @Test
  void a_statement_that_waits_for_the_tables_can_be_cancelled() throws Exception {
    try (TestDoor console = new TestDoor(RealPostgres.port(),
        () -> Optional.of(new Broker(
            line -> new Conversation(line, desk, new Place(true, false)))))) {
      desk.refreshing = new CompletableFuture<>();

      String state = cancelled(console, "SELECT datname FROM pg_database",
          () -> assertThat(desk.refreshed).hasSize(1), () -> {
          });

      assertThat(state).isEqualTo("57014");
    }
  }

  @Test
  void a_driver_runs_commands_plain_and_prepared() throws Exception {
    try (Connection connection = DriverManager.getConnection(door.url());
        Statement statement = connection.createStatement();
        PreparedStatement prepared = connection.prepareStatement("WAKE shop")) {
      statement.execute("CREATE DATABASE shop");
      for (int i = 0; i < 10; i++) { // from the fifth on pgjdbc keeps it on the server
        prepared.execute();
      }
      desk.failNext(new Refused("55006", "database \"shop\" is being accessed by other users"));
      assertThatThrownBy(() -> statement.execute("DROP DATABASE shop"))
          .isInstanceOfSatisfying(SQLException.class,
              failure -> assertThat(failure.getSQLState()).isEqualTo("55006"));
      connection.setAutoCommit(false);
      assertThatThrownBy(() -> statement.execute("DROP DATABASE shop"))
          .isInstanceOfSatisfying(SQLException.class,
              failure -> assertThat(failure.getSQLState()).isEqualTo("25001"));
    }

    assertThat(desk.performed).hasSize(12);
  }
}
