package dev.reveille.proxy.console;

import dev.reveille.proxy.relay.WireClient.Message;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A real Postgres counts the time of its statements, and a broker that of what it does for them. */
class StatementTimeoutTest extends WithBroker {
  /**
   * Long for what happens between the Parse and the broker's question: that is Postgres's time, and when it is over
   * before the question, the statement ends without ever having come to the desk.
   */
  private static final String SHORT = "1s";
  private static final byte[][] SIMPLE = {Said.query("WAKE shop")};
  private static final byte[][] EXTENDED = {Said.parse("", "WAKE shop"), Said.bind("", ""),
      Said.describe('P', ""), Said.execute("", 0), Said.SYNC};

  StatementTimeoutTest() {
    super(new Place(true, false));
  }

  private void limit(String to) throws Exception {
    assertThat(types(ask(Said.query("SET statement_timeout = '" + to + "'"))))
        .isEqualTo("CZ");
  }

  /** Says it, and waits until what is at work at the desk for it is asked to stop. */
  private CompletableFuture<List<String>> recalled(byte[]... said) throws Exception {
    desk.recalls.clear();
    var gate = desk.gate();
    client.send(said);
    await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
      assertThat(desk.recalls).hasSize(1);
      assertThat(desk.recalls.getLast().isAsked()).isTrue();
    });
    return gate;
  }

  @Test
  void a_command_that_takes_longer_ends_as_a_statement_of_postgres_does() throws Exception {
    limit(SHORT);
    for (byte[][] said : List.of(SIMPLE, EXTENDED, SIMPLE)) {
      var gate = recalled(said);
      gate.completeExceptionally(
          new Refused("57014", "canceling statement due to user request"));
      List<Message> answer = client.readToReady();

      assertThat(types(answer)).isEqualTo(said.length == 1 ? "EZ" : "12nEZ");
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
    limit("1001ms");
    for (byte[][] said : List.of(SIMPLE, EXTENDED)) {
      var gate = recalled(said);
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
    byte[][] select = {Said.parse("", "SELECT count(*) FROM pg_database"), Said.bind("", ""),
        Said.execute("", 0), Said.SYNC};
    desk.refreshing = new CompletableFuture<>();
    limit(SHORT);
    for (byte[][] said : List.of(new byte[][]{Said.query("SHOW databases")}, select)) {
      assertThat(error(ask(said)).message())
          .isEqualTo("canceling statement due to statement timeout");
    }
    desk.refreshing = null;
    limit("10s");
    assertThat(types(ask(select))).isEqualTo("12DCZ");
  }
}
