package dev.reveille.proxy.relay;

import dev.reveille.proxy.undo.Statements;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.FrameTypes;
import dev.reveille.wire.Severity;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.reveille.proxy.relay.Messages.COPY_DONE;
import static dev.reveille.proxy.relay.Messages.FLUSH;
import static dev.reveille.proxy.relay.Messages.SYNC;
import static dev.reveille.proxy.relay.Messages.copyData;
import static dev.reveille.proxy.relay.Messages.copyFail;
import static dev.reveille.proxy.relay.Messages.frame;
import static dev.reveille.proxy.relay.Messages.query;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Any pipeline of messages, cut in any way: what a client hears through a gate that lets everything pass is what Postgres
 * says without one, byte for byte, apart from the notices.
 */
class GatePipelinesTest {
  private static final int ROUNDS = Integer.getInteger("reveille.rounds", 6);
  private static final String END = "the very end";
  private static final List<String> SQL = List.of("select 1", "select generate_series(1, 3)",
      "delete from piped", "delete from piped where a = 1", "insert into piped values (1), (2)",
      "truncate piped", "update piped set a = a + 1", "begin", "commit", "rollback", "selec",
      "select 1/0", "", "with d as (delete from piped returning a) select a from d order by a",
      "select 1; delete from piped; select 2", "copy piped from stdin", "copy piped to stdout",
      "prepare p as delete from piped", "execute p", "explain analyze delete from nothing_there");

  private final AtomicInteger taken = new AtomicInteger();
  private final TestDoor door = new TestDoor(RealPostgres.port());

  /** Lets pass, at once or from another thread. */
  private final class Passing implements Precaution {
    private final Statements statements = new Statements();
    private boolean later;

    @Override
    public @Nullable String before(byte type, ByteBuf body, boolean whole) {
      return statements.before(type, body, whole);
    }

    @Override
    public CompletionStage<Outcome> take(String what, boolean inTransaction) {
      taken.incrementAndGet();
      Outcome passed = new Outcome.Passed(ErrorFields.of(Severity.NOTICE, "00000", "cared"));
      later = !later;
      return later
          ? CompletableFuture.supplyAsync(() -> passed)
          : CompletableFuture.completedFuture(passed);
    }
  }

  @AfterEach
  void close() {
    door.close();
  }

  @Test
  void a_gate_changes_nothing_but_the_notices() throws Exception {
    long seed = Long.getLong("reveille.seed", 20_261_121);
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    door.precautions = () -> Optional.of(new Passing());
    for (int round = 0; round < ROUNDS; round++) {
      byte[] all = pipeline(random);

      List<String> plain = heard(RealPostgres.port(), new byte[][]{all});
      List<String> gated = heard(door.port(), cut(all, random));

      assertThat(gated).as("seed %d, round %d: %s", seed, round,
          new String(all, StandardCharsets.ISO_8859_1)).isEqualTo(plain);
    }
    assertThat(taken.get()).isPositive();
  }

  private static List<String> heard(int port, byte[][] pieces) throws Exception {
    try (Connection direct = RealPostgres.direct(); Statement reset = direct.createStatement()) {
      reset.execute("create table if not exists piped (a int);"
          + " truncate piped; insert into piped values (1), (2), (3)");
    }
    List<String> heard = new ArrayList<>();
    try (WireClient client = WireClient.logIn(port)) {
      Thread sender = Thread.ofVirtual().start(() -> {
        try {
          for (byte[] piece : pieces) {
            client.send(piece);
          }
        } catch (IOException e) {
          // Postgres ends a session that breaks the rules of COPY while more is on its way.
        }
      });
      for (WireClient.Message message = client.read(); !isEnd(message); message = client.read()) {
        if (message.type() != FrameTypes.NOTICE_RESPONSE) {
          heard.add(message + HexFormat.of().formatHex(message.body()));
        }
      }
      sender.join();
    } catch (IOException ended) {
      heard.add("ended");
    }
    return heard;
  }

  private static boolean isEnd(WireClient.Message message) {
    return message.type() == FrameTypes.DATA_ROW
        && new String(message.body(), StandardCharsets.ISO_8859_1).contains(END);
  }

  private static byte[] pipeline(Random random) {
    ByteBuf all = Unpooled.buffer();
    for (int i = random.nextInt(1, 10); i > 0; i--) {
      String sql = SQL.get(random.nextInt(SQL.size()));
      String name = random.nextBoolean() ? "" : "s" + random.nextInt(2);
      switch (random.nextInt(7)) {
        case 0, 1 -> all.writeBytes(query(sql));
        case 2 -> all.writeBytes(parse(name, sql))
            .writeBytes(bind(name))
            .writeBytes(execute())
            .writeBytes(SYNC);
        case 3 -> all.writeBytes(parse(name, sql));
        case 4 -> all.writeBytes(bind(name)).writeBytes(execute());
        case 5 -> all.writeBytes(random.nextBoolean() ? SYNC : FLUSH);
        default -> all.writeBytes(copyData("7\n")).writeBytes(COPY_DONE);
      }
    }
    for (int i = 0; i < 2; i++) { // a Sync may have been eaten by a COPY, and what follows it dropped
      all.writeBytes(copyFail("over")).writeBytes(SYNC).writeBytes(query("select '" + END + "'"));
    }
    return ByteBufUtil.getBytes(all);
  }

  private static byte[][] cut(byte[] all, Random random) {
    List<byte[]> pieces = new ArrayList<>();
    for (int from = 0; from < all.length;) {
      int to = Math.min(all.length, from + 1 + random.nextInt(random.nextBoolean() ? 8 : 400));
      pieces.add(Arrays.copyOfRange(all, from, to));
      from = to;
    }
    return pieces.toArray(byte[][]::new);
  }

  private static byte[] parse(String name, String sql) {
    return frame(FrameTypes.PARSE, text(name).writeBytes(text(sql)).writeShort(0));
  }

  private static byte[] bind(String name) {
    return frame(FrameTypes.BIND,
        text("").writeBytes(text(name)).writeShort(0).writeShort(0).writeShort(0));
  }

  private static byte[] execute() {
    return frame(FrameTypes.EXECUTE, text("").writeInt(0));
  }

  private static ByteBuf text(String text) {
    return Unpooled.copiedBuffer(text + "\0", StandardCharsets.UTF_8);
  }
}
