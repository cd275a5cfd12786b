package dev.reveille.proxy.relay;

import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.Severity;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static dev.reveille.proxy.relay.Messages.BIND;
import static dev.reveille.proxy.relay.Messages.COPY_DONE;
import static dev.reveille.proxy.relay.Messages.EXECUTE;
import static dev.reveille.proxy.relay.Messages.SYNC;
import static dev.reveille.proxy.relay.Messages.copyData;
import static dev.reveille.proxy.relay.Messages.parse;
import static dev.reveille.proxy.relay.Messages.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Requests that are held while care is taken, against a real Postgres, in every protocol. */
class GateWithPostgresTest {
  private static final String DELETE = "delete from gated";

  private final TestDoor door = new TestDoor(RealPostgres.port());
  private final Care care = new Care();

  @BeforeEach
  void threeRows() throws Exception {
    sql("drop table if exists gated", "create table gated (a int)",
        "insert into gated values (1), (2), (3)");
    door.precautions = () -> Optional.of(care);
  }

  @AfterEach
  void close() {
    door.close();
  }

  private static void sql(String... statements) throws SQLException {
    try (Connection direct = RealPostgres.direct();
        Statement statement = direct.createStatement()) {
      for (String one : statements) {
        statement.execute(one);
      }
    }
  }

  private static int rows() throws SQLException {
    try (Connection direct = RealPostgres.direct();
        Statement statement = direct.createStatement();
        var rows = statement.executeQuery("select count(*) from gated")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private static String types(List<WireClient.Message> messages) {
    return messages.stream().map(WireClient.Message::toString).collect(Collectors.joining());
  }

  private static char status(List<WireClient.Message> messages) {
    return (char) messages.getLast().body()[0];
  }

  private static ErrorFields error(List<WireClient.Message> messages) {
    return messages.stream()
        .filter(message -> message.type() == 'E')
        .map(message -> ((BackendMessage.ErrorResponse) message.decoded()).fields())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void a_query_waits_for_the_care_and_its_answer_follows_the_notice() throws Exception {
    try (WireClient client = WireClient.logIn(door.port())) {
      client.send(query("select 1; " + DELETE));
      Care.Taking taking = care.next();

      assertThat(taking.what()).isEqualTo("DELETE without WHERE");
      assertThat(taking.inTransaction()).isFalse();
      assertThat(rows()).isEqualTo(3);
      assertThat(client.poll(100)).isNull();

      taking.pass();
      assertThat(types(client.readToReady())).isEqualTo("NTDCCZ");
      assertThat(rows()).isZero();
    }
  }

  @Test
  void a_session_without_a_precaution_has_nothing_in_its_way() throws Exception {
    WireClient careful = WireClient.logIn(door.port());
    assertThat(door.session().client.pipeline().get(Gate.class)).isNotNull();
    careful.close();
    door.precautions = Optional::empty;
    try (WireClient plain = WireClient.logIn(door.port())) {
      assertThat(door.session().client.pipeline().get(Gate.class)).isNull();
      plain.send(query(DELETE));
      assertThat(types(plain.readToReady())).isEqualTo("CZ");
    }
  }

  @Test
  void what_is_harmless_is_not_held() throws Exception {
    try (WireClient client = WireClient.logIn(door.port())) {
      client.send(query("delete from gated where a = 1"));
      assertThat(types(client.readToReady())).isEqualTo("CZ");
      client.send(parse("select 1"), BIND, EXECUTE, SYNC);
      assertThat(types(client.readToReady())).isEqualTo("12DCZ");
      assertThat(care.takings).isEmpty();
    }
  }

  @Test
  void a_refused_query_fails_with_our_error_and_nothing_was_run() throws Exception {
    try (WireClient client = WireClient.logIn(door.port())) {
      client.send(query(DELETE));
      care.next().refuse();

      List<WireClient.Message> answer = client.readToReady();
      assertThat(types(answer)).isEqualTo("EZ");
      assertThat(error(answer).sqlState()).isEqualTo("58000");
      assertThat(status(answer)).isEqualTo('I');
      assertThat(rows()).isEqualTo(3);

      client.send(query("select 1"));
      assertThat(types(client.readToReady())).isEqualTo("TDCZ");
    }
  }

  @Test
  void a_refusal_fails_the_transaction_that_is_open() throws Exception {
    try (WireClient client = WireClient.logIn(door.port())) {
      client.send(query("begin"));
      client.readToReady();
      client.send(query(DELETE));
      Care.Taking taking = care.next();
      assertThat(taking.inTransaction()).isTrue();
      taking.refuse();

      List<WireClient.Message> answer = client.readToReady();
      assertThat(error(answer).sqlState()).isEqualTo("58000");
      assertThat(status(answer)).isEqualTo('E');

      client.send(query("select 1"));
      assertThat(error(client.readToReady()).sqlState()).isEqualTo("25P02");
      client.send(query("rollback"));
      assertThat(status(client.readToReady())).isEqualTo('I');
      assertThat(rows()).isEqualTo(3);
    }
  }

  @Test
  void an_execute_waits_for_the_care() throws Exception {
    try (WireClient client = WireClient.logIn(door.port())) {
      client.send(parse(DELETE), BIND, EXECUTE, SYNC);
      Care.Taking taking = care.next();
      assertThat(rows()).isEqualTo(3);
      taking.pass();

      assertThat(types(client.readToReady())).isEqualTo("N12CZ");
      assertThat(rows()).isZero();
    }
  }

  @Test
  void a_refused_execute_fails_in_its_place_and_the_rest_is_skipped_to_the_sync() throws Exception {
    try (WireClient client = WireClient.logIn(door.port())) {
      client.send(parse("insert into gated values (4)"), BIND, EXECUTE, parse(DELETE), BIND,
          EXECUTE, parse("insert into gated values (5)"), BIND, EXECUTE, SYNC, query("select 1"));
      care.next().refuse();

      List<WireClient.Message> answer = client.readToReady();
      assertThat(types(answer)).isEqualTo("12C12EZ");
      assertThat(error(answer).sqlState()).isEqualTo("58000");
      assertThat(status(answer)).isEqualTo('I');
      assertThat(types(client.readToReady())).isEqualTo("TDCZ");
      assertThat(rows()).isEqualTo(3);
    }
  }

  @Test
  void an_earlier_error_of_the_pipeline_stays_what_it_is() throws Exception {
    try (WireClient client = WireClient.logIn(door.port())) {
      client.send(parse("selec 1"), parse(DELETE), BIND, EXECUTE, SYNC);
      care.next().refuse();

      List<WireClient.Message> answer = client.readToReady();
      assertThat(error(answer).sqlState()).isEqualTo("42601");
      client.send(query("selec 2"));
      assertThat(error(client.readToReady()).message()).contains("selec");
      assertThat(rows()).isEqualTo(3);
    }
  }

  @Test
  void in_a_pipeline_care_is_taken_when_all_before_it_has_been_answered() throws Exception {
    try (WireClient client = WireClient.logIn(door.port())) {
      client.send(query("select pg_sleep(0.2); insert into gated values (4)"), query(DELETE),
          query("insert into gated values (5)"), query("truncate gated"), query("select 6"));
      Care.Taking first = care.next();
      assertThat(rows()).isEqualTo(4);
      assertThat(types(client.readToReady())).isEqualTo("TDCCZ");
      first.pass();
      assertThat(types(client.readToReady())).isEqualTo("NCZ");

      Care.Taking second = care.next();
      assertThat(second.what()).isEqualTo("TRUNCATE");
      assertThat(types(client.readToReady())).isEqualTo("CZ");
      assertThat(rows()).isEqualTo(1);
      second.refuse();
      assertThat(types(client.readToReady())).isEqualTo("EZ");
      assertThat(types(client.readToReady())).isEqualTo("TDCZ");
      assertThat(rows()).isEqualTo(1);
    }
  }

  @Test
  void a_request_that_comes_byte_by_byte_is_held_whole() throws Exception {
    try (WireClient client = WireClient.logIn(door.port())) {
      for (byte one : query("select 1")) {
        client.send(new byte[]{one});
      }
      assertThat(types(client.readToReady())).isEqualTo("TDCZ");
      for (byte one : query(DELETE)) {
        client.send(new byte[]{one});
      }
      care.next().pass();
      assertThat(types(client.readToReady())).isEqualTo("NCZ");
      assertThat(rows()).isZero();
    }
  }

  @Test
  void a_statement_that_is_too_long_to_be_read_is_held_and_can_be_refused() throws Exception {
    String statement = "select /*" + " ".repeat(9 << 20) + "*/ 1";
    try (WireClient client = WireClient.logIn(door.port())) {
      Thread sender = Thread.ofVirtual().start(() -> send(client, query(statement)));
      Care.Taking taking = care.next();
      assertThat(taking.what()).contains("too long");
      taking.refuse();
      assertThat(types(client.readToReady())).isEqualTo("EZ");
      sender.join();

      Thread again = Thread.ofVirtual().start(() -> send(client, query(statement)));
      care.next().pass();
      assertThat(types(client.readToReady())).isEqualTo("NTDCZ");
      again.join();
    }
  }

  private static void send(WireClient client, byte[] message) {
    try {
      client.send(message);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void more_than_is_kept_waits_at_the_client_while_a_request_is_held() throws Exception {
    try (WireClient client = WireClient.logIn(door.port())) {
      client.send(query(DELETE));
      Care.Taking taking = care.next();
      byte[] insert = query("insert into gated values (4) --" + " ".repeat(64 * 1024));
      Thread sender = Thread.ofVirtual().start(() -> {
        for (int i = 0; i < 500; i++) {
          send(client, insert);
        }
      });
      await().untilAsserted(() -> assertThat(door.sessions).hasSize(1));
      TestDoor.Session session = door.session();
      await().untilAsserted(
          () -> assertThat(session.onLoop(() -> session.client.config().isAutoRead())).isFalse());
      assertThat(session.relay().atRest()).isFalse();

      taking.pass();
      client.readToReady();
      for (int i = 0; i < 500; i++) {
        assertThat(types(client.readToReady())).isEqualTo("CZ");
      }
      sender.join();
      assertThat(rows()).isEqualTo(500);
    }
  }

  @Test
  void copy_data_passes_and_what_follows_is_held() throws Exception {
    try (WireClient client = WireClient.logIn(door.port())) {
      client.send(query("copy gated from stdin"), copyData("7\n"), COPY_DONE, query(DELETE));
      assertThat(types(client.readToReady())).isEqualTo("GCZ");
      Care.Taking taking = care.next();
      assertThat(rows()).isEqualTo(4);
      taking.pass();
      assertThat(types(client.readToReady())).isEqualTo("NCZ");
    }
  }

  @Test
  void a_query_where_data_is_wanted_ends_the_session_as_it_does_without_a_gate() throws Exception {
    try (WireClient client = WireClient.logIn(door.port())) {
      client.send(query("copy gated from stdin"), query(DELETE));
      assertThat(types(client.readToEnd())).startsWith("GE");
      assertThat(care.takings).isEmpty();
      assertThat(rows()).isEqualTo(3);
    }
  }

  @Test
  void a_cancel_request_cancels_what_is_held() throws Exception {
    try (WireClient client = WireClient.logIn(door.port())) {
      client.send(query("begin"));
      client.readToReady();
      client.send(query(DELETE), query("rollback"));
      Care.Taking taking = care.next();
      WireClient.cancel(door.port(), java.util.Objects.requireNonNull(client.key));

      List<WireClient.Message> answer = client.readToReady();
      assertThat(error(answer).sqlState()).isEqualTo("57014");
      assertThat(status(answer)).isEqualTo('E');
      assertThat(status(client.readToReady())).isEqualTo('I');

      taking.pass(); // too late
      client.send(query("select 1"));
      assertThat(types(client.readToReady())).isEqualTo("TDCZ");
      assertThat(rows()).isEqualTo(3);
    }
  }

  @Test
  void nothing_of_a_client_that_left_is_run() throws Exception {
    TestDoor.Session session;
    Care.Taking taking;
    try (WireClient client = WireClient.logIn(door.port())) {
      session = door.session();
      client.send(query(DELETE));
      taking = care.next();
    }
    await().untilAsserted(() -> assertThat(session.told).contains("client closed"));
    taking.pass();
    await().untilAsserted(() -> assertThat(session.link().channel().isOpen()).isFalse());
    assertThat(rows()).isEqualTo(3);
  }

  @Test
  void a_session_that_is_ended_runs_nothing_of_what_was_held() throws Exception {
    try (WireClient client = WireClient.logIn(door.port())) {
      TestDoor.Session session = door.session();
      client.send(query(DELETE));
      Care.Taking taking = care.next();
      session.onLoop(() -> {
        session.relay().cutClient(ErrorFields.of(Severity.FATAL, "57P01", "revoked"));
        return true;
      });
      taking.pass();
      assertThat(error(client.readToEnd()).sqlState()).isEqualTo("57P01");
      assertThat(rows()).isEqualTo(3);
    }
  }

  @Test
  void a_driver_that_prepares_is_held_at_each_execution() throws Exception {
    Thread passing = Thread.ofVirtual().start(() -> {
      try {
        care.next().pass();
        care.next().refuse();
        care.next().pass();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    try (Connection connection = DriverManager.getConnection(door.url() + "&prepareThreshold=1");
        var delete = connection.prepareStatement(DELETE)) {
      assertThat(delete.executeUpdate()).isEqualTo(3);
      assertThat(delete.getWarnings().getMessage()).isEqualTo(
          "care was taken before DELETE without WHERE");
      assertThatThrownBy(delete::executeUpdate).isInstanceOf(SQLException.class)
          .hasMessageContaining("no care before");
      assertThat(delete.executeUpdate()).isZero();
    }
    passing.join();
  }

  @Test
  void care_can_begin_in_the_middle_of_a_session_and_of_a_message() throws Exception {
    door.precautions = Optional::empty;
    try (WireClient client = WireClient.logIn(door.port())) {
      TestDoor.Session session = door.session();
      byte[] select = query("select 1");
      client.send(java.util.Arrays.copyOf(select, 9));
      await().untilAsserted(() -> assertThat(session.relay().clientBytes()).isEqualTo(9));
      session.onLoop(() -> {
        session.relay().takeCare(care);
        return true;
      });
      client.send(java.util.Arrays.copyOfRange(select, 9, select.length), query(DELETE));
      assertThat(types(client.readToReady())).isEqualTo("TDCZ");
      care.next().refuse();
      assertThat(types(client.readToReady())).isEqualTo("EZ");
    }
  }
}
