package dev.reveille.proxy.relay;

import dev.reveille.wire.FrameTypes;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static dev.reveille.proxy.relay.Messages.BIND;
import static dev.reveille.proxy.relay.Messages.CLOSE;
import static dev.reveille.proxy.relay.Messages.COPY_DONE;
import static dev.reveille.proxy.relay.Messages.DESCRIBE;
import static dev.reveille.proxy.relay.Messages.DESCRIBE_PORTAL;
import static dev.reveille.proxy.relay.Messages.EXECUTE;
import static dev.reveille.proxy.relay.Messages.FLUSH;
import static dev.reveille.proxy.relay.Messages.SYNC;
import static dev.reveille.proxy.relay.Messages.copyData;
import static dev.reveille.proxy.relay.Messages.copyFail;
import static dev.reveille.proxy.relay.Messages.executeOne;
import static dev.reveille.proxy.relay.Messages.functionCall;
import static dev.reveille.proxy.relay.Messages.parse;
import static dev.reveille.proxy.relay.Messages.query;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds {@link InFlight} against what Postgres really does. Every conversation ends with a way out of whatever state it is
 * in (CopyFail, Sync) and a marker query; InFlight must be busy up to the marker's ReadyForQuery and empty right after it.
 */
class InFlightWithPostgresTest {
  private static final String MARKER = "the marker";
  private static final byte[] COPY_IN = query("copy scratch from stdin");
  private static final byte[] PG_BACKEND_PID = functionCall(2026);

  private final InFlight inFlight = new InFlight();

  @Test
  void pipelinedQueries() throws Exception {
    converse(query("select 1"), query("select 1/0"), query("select 2; select 3"), query(""));
  }

  @Test
  void anErrorSkipsQueriesAndFunctionCallsUpToTheSync() throws Exception {
    converse(parse("select 1/0"), BIND, EXECUTE, query("select 1"), PG_BACKEND_PID,
        parse("select 1"), SYNC,
        query("select 2"));
  }

  @Test
  void anErrorWithoutASyncYet() throws Exception {
    converse(parse("nonsense"), query("select 1"), query("select 2"));
  }

  @Test
  void severalSyncsInOnePipeline() throws Exception {
    converse(parse("select 1"), BIND, DESCRIBE_PORTAL, EXECUTE, SYNC, parse("select 1/0"), BIND,
        EXECUTE, SYNC, SYNC,
        parse("select generate_series(1, 3)"), DESCRIBE, BIND, executeOne(), executeOne(), CLOSE,
        SYNC);
  }

  @Test
  void aQueryEndsAnExtendedSequenceWithoutASync() throws Exception {
    converse(parse("select 1"), BIND, EXECUTE, FLUSH, query("select 1"));
  }

  @Test
  void aSyncInsideCopyIsIgnored() throws Exception {
    converse(parse("copy scratch from stdin"), BIND, EXECUTE, SYNC, copyData("1\n"), COPY_DONE,
        SYNC);
  }

  @Test
  void aSyncInsideASimpleCopyIsIgnored() throws Exception {
    converse(COPY_IN, copyData("1\n"), SYNC, FLUSH, SYNC, copyData("2\n"), COPY_DONE);
  }

  @Test
  void copyFailYieldsTheQuerysOwnReadyForQuery() throws Exception {
    converse(COPY_IN, copyData("1\n"), copyFail("changed my mind"), query("select 1"));
  }

  @Test
  void twoCopiesInOneQuery() throws Exception {
    converse(query("copy scratch from stdin; copy scratch from stdin"), copyData("1\n"), COPY_DONE,
        SYNC,
        copyData("2\n"), COPY_DONE, query("select 1"));
  }

  @Test
  void badDataEndsACopyEarly() throws Exception {
    converse(COPY_IN, copyData("x\n"), copyData("1\n"), COPY_DONE, query("select 1"));
  }

  @Test
  void badDataEndsAnExtendedCopyEarly() throws Exception {
    converse(parse("copy scratch from stdin"), BIND, EXECUTE, SYNC, copyData("x\n"), COPY_DONE,
        SYNC,
        query("select 1"));
  }

  @Test
  void copyMessagesOutsideOfACopyAreIgnored() throws Exception {
    converse(copyData("1\n"), COPY_DONE, query("select 1"), COPY_DONE, copyFail("what"), SYNC,
        COPY_DONE);
  }

  @Test
  void randomConversationsAreFollowed() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    int followed = 0;
    for (int i = 0; i < 100; i++) {
      Random random = new Random(seed + i);
      List<byte[]> messages = conversation(random);
      try {
        Attention attention = Attention.values()[random.nextInt(3)];
        new InFlightWithPostgresTest().converse(attention, random, messages);
        followed++;
      } catch (EOFException | SocketException ended) {
        // By chance a request met an open COPY, for which Postgres ends the connection.
      } catch (AssertionError | IOException e) {
        throw new AssertionError("seed " + (seed + i) + ": " + letters(messages), e);
      }
    }
    assertThat(followed).isGreaterThan(60);
  }

  /**
   * Anything goes, apart from what is undecidable (Sync after bad data while the COPY is not ended) and what Postgres ends
   * the connection for (a request while the COPY is not ended).
   */
  private static List<byte[]> conversation(Random random) {
    List<byte[]> messages = new ArrayList<>();
    int length = 1 + random.nextInt(30);
    while (messages.size() < length) {
      switch (random.nextInt(16)) {
        case 0 -> messages.add(query("select 1"));
        case 1 -> messages.add(query("select 1; select 1/0"));
        case 2 -> messages.add(parse("select generate_series(1, 3)"));
        case 3 -> messages.add(parse("select nonsense"));
        case 4 -> messages.add(BIND);
        case 5 -> messages.add(random.nextBoolean() ? DESCRIBE : DESCRIBE_PORTAL);
        case 6 -> messages.add(random.nextBoolean() ? EXECUTE : executeOne());
        case 7 -> messages.add(CLOSE);
        case 8 -> messages.add(FLUSH);
        case 9, 10 -> messages.add(SYNC);
        case 11 -> messages.add(PG_BACKEND_PID);
        case 12 -> {
          messages.add(COPY_IN);
          copyInput(random, messages);
        }
        case 13 -> {
          messages.addAll(List.of(parse("copy scratch from stdin"), BIND, EXECUTE));
          copyInput(random, messages);
        }
        case 14 -> {
          messages.add(query("copy scratch to stdout; copy scratch from stdin"));
          copyInput(random, messages);
        }
        default -> messages.add(random.nextBoolean() ? COPY_DONE : copyFail("no"));
      }
    }
    return messages;
  }

  private static void copyInput(Random random, List<byte[]> messages) {
    for (int i = random.nextInt(4); i > 0; i--) {
      messages.add(List.of(copyData("1\n"), SYNC, FLUSH).get(random.nextInt(3)));
    }
    switch (random.nextInt(4)) {
      case 0 -> messages.addAll(List.of(copyData("bad\n"), copyData("1\n"), COPY_DONE));
      case 1 -> messages.add(copyFail("no"));
      case 2 -> messages.add(COPY_DONE);
      default -> messages.addAll(List.of(copyData("1\n"), COPY_DONE));
    }
  }

  private void converse(byte[]... messages) throws IOException {
    for (Attention attention : Attention.values()) {
      new InFlightWithPostgresTest().converse(attention, new Random(1), List.of(messages));
    }
  }

  /** How much of the answers is looked at before the next message is sent. */
  private enum Attention {
    NONE, SOME, ALL
  }

  private void converse(Attention attention, Random random, List<byte[]> messages)
      throws IOException {
    try (WireClient client = WireClient.logIn(RealPostgres.port())) {
      client.send(query("create temp table scratch (n int)"));
      client.readToReady();
      for (byte[] message : messages) {
        say(client, message);
        switch (attention) {
          case NONE -> {
            // All answers come late.
          }
          case SOME -> listen(client, random.nextInt(3), 1);
          case ALL -> listen(client, Integer.MAX_VALUE, 10);
        }
      }
      say(client, copyFail("leave"));
      say(client, SYNC);
      // PostgreSQL 18 answers the first of these with XX000 after a Query that ended an extended sequence.
      say(client, query("select 0"));
      say(client, query("select '" + MARKER + "'"));
      boolean marked = false;
      while (true) {
        WireClient.Message answer = client.read();
        marked |= answer.type() == FrameTypes.DATA_ROW
            && new String(answer.body(), StandardCharsets.UTF_8).contains(MARKER);
        if (marked && answer.type() == FrameTypes.READY_FOR_QUERY) {
          assertThat(inFlight.isEmpty()).as("empty before the last answer").isFalse();
          inFlight.fromCompute(answer.type());
          assertThat(inFlight.isEmpty()).as("empty after the last answer").isTrue();
          assertThat(inFlight.isRunning()).isFalse();
          return;
        }
        inFlight.fromCompute(answer.type());
      }
    }
  }

  private void say(WireClient client, byte[] message) throws IOException {
    inFlight.fromClient(message[0]);
    client.send(message);
  }

  private void listen(WireClient client, int most, int millis) throws IOException {
    for (int i = 0; i < most; i++) {
      WireClient.Message answer = client.poll(millis);
      if (answer == null) {
        return;
      }
      inFlight.fromCompute(answer.type());
    }
  }

  private static String letters(List<byte[]> messages) {
    StringBuilder letters = new StringBuilder();
    messages.forEach(message -> letters.append((char) message[0]));
    return letters.toString();
  }
}
