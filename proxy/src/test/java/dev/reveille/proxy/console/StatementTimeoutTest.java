package dev.reveille.proxy.console;

import dev.reveille.proxy.relay.RealPostgres;
import dev.reveille.proxy.relay.TestDoor;
import dev.reveille.proxy.relay.WireClient;
import dev.reveille.proxy.relay.WireClient.Message;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.ErrorFields;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A real Postgres counts the time of its statements, and a broker that of what it does for them. */
class StatementTimeoutTest {
  private static final List<byte[]> SIMPLE = List.of(Said.query("WAKE shop"));
  private static final List<byte[]> EXTENDED = List.of(Said.parse("", "WAKE shop"),
      Said.bind("", ""), Said.describe('P', ""), Said.execute("", 0), Said.SYNC);

  private final ScriptedDesk desk = new ScriptedDesk();
  private final TestDoor door = new TestDoor(RealPostgres.port(),
      () -> Optional.of(new Broker(
          line -> new Conversation(line, desk, new Place(true, false)))));
  private WireClient client;

  @BeforeEach
  void connect() throws Exception {
    client = WireClient.logIn(door.port());
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    door.close();
  }

  private List<Message> ask(List<byte[]> messages) throws Exception {
    client.send(messages.toArray(byte[][]::new));
    return client.readToReady();
  }

  private static String types(List<Message> messages) {
    return messages.stream().map(Message::toString).collect(Collectors.joining());
  }

  private static ErrorFields error(List<Message> messages) {
    return messages.stream()
        .map(Message::decoded)
        .filter(BackendMessage.ErrorResponse.class::isInstance)
        .map(message -> ((BackendMessage.ErrorResponse) message).fields())
        .findFirst()
        .orElseThrow();
  }

  private void limit(String to) throws Exception {
    assertThat(types(ask(List.of(Said.query("SET statement_timeout = '" + to + "'")))))
        .isEqualTo("CZ");
  }

  /** What is at work at the desk is asked to stop. */
  private void isRecalled() {
    await().atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(desk.recalls.getLast().isAsked()).isTrue());
  }

  @Test
  void a_command_that_takes_longer_ends_as_a_statement_of_postgres_does() throws Exception {
    limit("40ms");
    for (List<byte[]> said : List.of(SIMPLE, EXTENDED, SIMPLE)) {
      desk.recalls.clear();
      var gate = desk.gate();
      client.send(said.toArray(byte[][]::new));
      await().atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(desk.recalls).hasSize(1));
      isRecalled();
      gate.completeExceptionally(
          new Refused("57014", "canceling statement due to user request"));
      List<Message> answer = client.readToReady();

      assertThat(types(answer)).isEqualTo(said.equals(SIMPLE) ? "EZ" : "12nEZ");
      assertThat(error(answer).sqlState()).isEqualTo("57014");
      assertThat(error(answer).message())
          .isEqualTo("canceling statement due to statement timeout");
    }
    limit("0");
    assertThat(types(ask(SIMPLE))).isEqualTo("CZ");
    assertThat(types(ask(EXTENDED))).isEqualTo("12nCZ");
    assertThat(desk.recalls.getLast().isAsked()).isFalse();
  }

  @Test
  void what_cannot_be_stopped_in_time_has_its_true_outcome_and_is_heard_to_its_end()
      throws Exception {
    limit("40ms");
    for (List<byte[]> said : List.of(SIMPLE, EXTENDED)) {
      desk.recalls.clear();
      var gate = desk.gate();
      client.send(said.toArray(byte[][]::new));
      await().atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(desk.recalls).hasSize(1));
      isRecalled();
      gate.complete(List.of());

      assertThat(types(client.readToReady())).endsWith("CZ").doesNotContain("E");
    }
  }

  @Test
  void time_that_is_left_is_no_reason_to_stop() throws Exception {
    for (String limit : List.of("30s", "5min", "2h", "1d", "90001ms", "0")) {
      limit(limit);
      assertThat(types(ask(SIMPLE))).as(limit).isEqualTo("CZ");
      assertThat(types(ask(EXTENDED))).as(limit).isEqualTo("12nCZ");
      assertThat(desk.recalls.getLast().isAsked()).as(limit).isFalse();
    }
  }

  @Test
  void the_time_in_which_tables_are_brought_up_to_date_counts() throws Exception {
    List<byte[]> select = List.of(Said.parse("", "SELECT count(*) FROM pg_database"),
        Said.bind("", ""), Said.execute("", 0), Said.SYNC);
    desk.refreshing = new CompletableFuture<>();
    limit("40ms");
    for (List<byte[]> said : List.of(List.of(Said.query("SHOW databases")), select)) {
      assertThat(error(ask(said)).message())
          .isEqualTo("canceling statement due to statement timeout");
    }
    desk.refreshing = null;
    limit("10s");
    assertThat(types(ask(select))).isEqualTo("12DCZ");
  }
}
