package dev.reveille.proxy.relay;

import dev.reveille.proxy.relay.WireClient.Message;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.FrameTypes;
import dev.reveille.wire.Severity;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.reveille.proxy.relay.Messages.BIND;
import static dev.reveille.proxy.relay.Messages.EXECUTE;
import static dev.reveille.proxy.relay.Messages.FLUSH;
import static dev.reveille.proxy.relay.Messages.SYNC;
import static dev.reveille.proxy.relay.Messages.functionCall;
import static dev.reveille.proxy.relay.Messages.parse;
import static dev.reveille.proxy.relay.Messages.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The limits against what Postgres really sends, each with what passes within it. */
class GuardWithPostgresTest {
  private static final int BUDGET = 200_000;
  private static final RelayScope HURRIED = TestScopes.times(Duration.ofMillis(700),
      Duration.ofDays(1));

  private static ErrorFields error(Message last) {
    assertThat(last.type()).as("the last message").isEqualTo(FrameTypes.ERROR_RESPONSE);
    return ErrorFields.decode(Unpooled.wrappedBuffer(last.body()));
  }

  private static long bytes(List<Message> messages) {
    return messages.stream().mapToLong(message -> 5L + message.body().length).sum();
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "do $$ begin for i in 1..1000 loop raise notice '%', repeat('x', 5000); end loop; end $$",
      "select json_agg(repeat('x', 1000)) from generate_series(1, 1000)",
      "select repeat('x', 1000) from generate_series(1, 1000)",
      "copy (select repeat('x', 1000) from generate_series(1, 1000)) to stdout",
      "select raise_long()"})
  void whateverCarriesItDataStopsAtTheBudget(String sql) throws Exception {
    try (var admin = RealPostgres.direct(); var statement = admin.createStatement()) {
      statement.execute("create or replace function raise_long() returns bool language plpgsql as"
          + " $$ begin raise exception '%', repeat('x', 300000); end $$");
    }
    List<Message> all = answer(sql, TestScopes.WIDE);
    assertThat(bytes(all)).isGreaterThan(BUDGET);
    long fits = 0;
    for (Message message : all) {
      if (fits + 5 + message.body().length > BUDGET) {
        break;
      }
      fits += 5 + message.body().length;
    }
    try (TestDoor door = new TestDoor(RealPostgres.port(), TestScopes.bytesOut(BUDGET),
        TestScopes.PLENTY); WireClient client = WireClient.logIn(door.port())) {
      TestDoor.Session session = door.session();
      client.send(query(sql));
      List<Message> messages = client.readToEnd();

      assertThat(bytes(messages.subList(0, messages.size() - 1))).isEqualTo(fits);
      assertThat(error(messages.getLast()).sqlState()).isEqualTo("53400");
      assertThat(session.told).contains("breached BYTES_OUT");
      gone(session);
    }
  }

  /** Without a limit, to be compared with. */
  private static List<Message> answer(String sql, RelayScope scope) throws Exception {
    try (TestDoor door = new TestDoor(RealPostgres.port(), scope, TestScopes.PLENTY);
        WireClient client = WireClient.logIn(door.port())) {
      client.send(query(sql));
      return client.readToReady();
    }
  }

  private static void gone(TestDoor.Session session) {
    await().atMost(10, TimeUnit.SECONDS).untilAsserted(() -> {
      try (var admin = RealPostgres.direct();
          var statement = admin.createStatement();
          var rows = statement.executeQuery("select count(*) from pg_stat_activity where pid = "
              + session.link().processId())) {
        rows.next();
        assertThat(rows.getInt(1)).isZero();
      }
    });
  }

  @Test
  void aRowOf300MegabytesIsNotBegun() throws Exception {
    try (TestDoor door = new TestDoor(RealPostgres.port(), TestScopes.bytesOut(10_000_000),
        TestScopes.PLENTY); WireClient client = WireClient.logIn(door.port())) {
      TestDoor.Session session = door.session();
      client.send(query("select repeat('x', 300000000)"));

      assertThat(client.readToEnd()).extracting(Message::toString).containsExactly("T", "E");
      assertThat(session.relay().computeBytes()).isLessThan(1_000_000);
      gone(session);
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"copy_in | create temp table t (n int) ; copy t from stdin",
      "copy_out | copy (select 1) to stdout", "listen | listen c ; notify c, 'x'"})
  void aKindOfMessageThatIsNotAllowedEndsTheSession(String allowance, String sql)
      throws Exception {
    try (TestDoor door = new TestDoor(RealPostgres.port(), TestScopes.statementsOnly(),
        TestScopes.PLENTY); WireClient client = WireClient.logIn(door.port())) {
      for (String statement : sql.split(";", -1)) {
        client.send(query(statement));
      }
      List<Message> messages = client.readToEnd();

      assertThat(messages).extracting(Message::toString).doesNotContain("G", "H", "A");
      assertThat(error(messages.getLast()).sqlState()).isEqualTo("42501");
      assertThat(error(messages.getLast()).detail())
          .contains("The credential does not allow " + allowance + ".");
    }
    assertThat(answer("select 1", TestScopes.statementsOnly()))
        .extracting(Message::toString)
        .containsExactly("T", "D", "C", "Z");
  }

  @Test
  void aFunctionCallIsNotSeenByTheCompute() throws Exception {
    try (TestDoor door = new TestDoor(RealPostgres.port(), TestScopes.statementsOnly(),
        TestScopes.PLENTY); WireClient client = WireClient.logIn(door.port())) {
      client.send(functionCall(1299));
      assertThat(error(client.readToEnd().getLast()).sqlState()).isEqualTo("42501");
    }
    try (TestDoor door = new TestDoor(RealPostgres.port());
        WireClient client = WireClient.logIn(door.port())) {
      client.send(functionCall(1299)); // now()
      assertThat(client.readToReady()).extracting(Message::toString).containsExactly("V", "Z");
    }
  }

  @Test
  void requestsThatNeverEndInASyncEndTheSession() throws Exception {
    try (TestDoor door = new TestDoor(RealPostgres.port(), HURRIED, TestScopes.PLENTY);
        WireClient client = WireClient.logIn(door.port())) {
      for (int i = 0; i < 5; i++) {
        client.send(parse("select pg_sleep(0.2)"), BIND, EXECUTE, SYNC);
        client.readToReady();
      }
      TestDoor.Session session = door.session();
      assertThat(session.told).containsExactly("first byte");

      Thread sender = Thread.ofVirtual().start(() -> withoutEnd(client));
      List<Message> messages = client.readToEnd();

      assertThat(error(messages.getLast()).sqlState()).isEqualTo("57014");
      assertThat(error(messages.getLast()).detail())
          .contains("The limit is request_time = 700 ms.");
      client.socket.close();
      sender.join();
      gone(session);
    }
  }

  private static void withoutEnd(WireClient client) {
    try {
      while (true) {
        client.send(parse("select 1"), BIND, EXECUTE, FLUSH);
      }
    } catch (IOException ended) {
      // As it should.
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 12})
  void aRequestThatDribblesIsARequest(int sent) throws Exception {
    try (TestDoor door = new TestDoor(RealPostgres.port(), HURRIED, TestScopes.PLENTY);
        WireClient client = WireClient.logIn(door.port())) {
      byte[] ask = query("select 1");
      client.send(Arrays.copyOf(ask, sent));

      assertThat(error(client.readToEnd().getLast()).sqlState()).isEqualTo("57014");
      gone(door.session());
    }
  }

  @Test
  void anIdleSessionMayRestAsLongAsItsLimit() throws Exception {
    RelayScope restless = TestScopes.times(Duration.ofDays(1), Duration.ofMillis(900));
    try (TestDoor door = new TestDoor(RealPostgres.port(), restless, TestScopes.PLENTY);
        WireClient client = WireClient.logIn(door.port())) {
      client.send(query("select pg_sleep(1.2)"));
      client.readToReady();
      client.send(query("begin"));
      client.readToReady();

      assertThat(error(client.readToEnd().getLast()).sqlState()).isEqualTo("25P03");
      gone(door.session());
    }
  }

  @Test
  void aClientThatEndedItsOutputIsStillASession() throws Exception {
    try (TestDoor door = new TestDoor(RealPostgres.port());
        WireClient client = WireClient.logIn(door.port())) {
      TestDoor.Session session = door.session();
      client.send(query("do $$ begin for i in 1..1000 loop raise notice 'here';"
          + " perform pg_sleep(0.1); end loop; end $$"));
      client.read();
      client.socket.shutdownOutput();
      client.read();
      client.read();
      assertThat(session.told).containsExactly("first byte");

      session.onLoop(() -> {
        session.relay().cutClient(ErrorFields.of(Severity.FATAL, "57P01", "revoked"));
        return true;
      });

      assertThat(error(client.readToEnd().getLast()).sqlState()).isEqualTo("57P01");
      gone(session);
    }
  }
}
