package dev.reveille.proxy.console;

import dev.reveille.proxy.relay.Interposer;
import dev.reveille.proxy.relay.RealPostgres;
import dev.reveille.proxy.relay.TestDoor;
import dev.reveille.proxy.relay.WireClient;
import dev.reveille.proxy.relay.WireClient.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever is no command is answered as if nothing stood between, pipelined and cut at random. */
class BrokerIsTransparentTest {
  private static final long SEED = Long.getLong("console.seed", 20_261_121);
  private static final int CONVERSATIONS = 60;
  private static final List<String> STATEMENTS = List.of("SELECT 1", "SELEC", "BEGIN", "COMMIT",
      "ROLLBACK", "SELECT generate_series(1, 5)", "SELECT 1/0", "", ";",
      "SELECT 1; SELECT 'CREATE DATABASE x; DROP DATABASE y'", "SELECT $$; WAKE shop$$",
      "SELECT count(*) FROM pg_database WHERE datname = 'postgres'", "SHOW server_version_num",
      "SELECT repeat('x', 70000)", "DO 'BEGIN RAISE NOTICE ''n''; END'",
      "COPY (SELECT 1) TO STDOUT", "SET application_name = 'a'", "DISCARD PLANS");
  private static final List<String> NAMES = List.of("", "a", "b");

  private final ScriptedDesk desk = new ScriptedDesk();

  @Test
  void messages_that_are_no_commands_are_answered_as_by_postgres_itself() throws Exception {
    Random random = new Random(SEED);
    try (TestDoor bare = new TestDoor(RealPostgres.port(), Optional::empty);
        TestDoor brokered = new TestDoor(RealPostgres.port(), this::broker)) {
      for (int i = 0; i < CONVERSATIONS; i++) {
        List<byte[]> said = conversation(random);
        assertThat(heard(brokered, said, random)).as("seed %d, conversation %d", SEED, i)
            .isEqualTo(heard(bare, said, random));
      }
    }
    assertThat(desk.performed).isEmpty();
  }

  private Optional<Interposer> broker() {
    return Optional
        .of(new Broker(line -> new Conversation(line, desk, new Place(true, false))));
  }

  private static List<byte[]> conversation(Random random) {
    List<byte[]> said = new ArrayList<>();
    int length = 1 + random.nextInt(12);
    for (int i = 0; i < length; i++) {
      String name = NAMES.get(random.nextInt(NAMES.size()));
      String other = NAMES.get(random.nextInt(NAMES.size()));
      String sql = STATEMENTS.get(random.nextInt(STATEMENTS.size()));
      said.add(switch (random.nextInt(9)) {
        case 0, 1 -> Said.query(sql);
        case 2, 3 -> Said.parse(name, sql);
        case 4 -> Said.bind(name, other);
        case 5 -> Said.execute(name, random.nextInt(3));
        case 6 -> Said.describe(random.nextBoolean() ? 'S' : 'P', name);
        case 7 -> Said.close(random.nextBoolean() ? 'S' : 'P', name);
        default -> Said.SYNC;
      });
    }
    said.add(Said.SYNC);
    said.add(Said.query("ROLLBACK"));
    said.add(Said.query("SELECT 'the end'"));
    return said;
  }

  private static List<String> heard(TestDoor door, List<byte[]> said, Random random)
      throws Exception {
    try (WireClient client = WireClient.logIn(door.port())) {
      for (byte[] part : cut(said, random)) {
        client.send(part);
      }
      List<String> heard = new ArrayList<>();
      boolean lastRow = false;
      while (true) {
        Message message = client.read();
        String body = new String(message.body(), StandardCharsets.ISO_8859_1);
        heard.add(message + " " + body.hashCode());
        if (lastRow) {
          return heard;
        }
        lastRow = message.type() == 'D' && body.endsWith("the end");
      }
    }
  }

  private static List<byte[]> cut(List<byte[]> said, Random random) {
    byte[] all = said.stream()
        .flatMap(one -> Stream.of(new String(one, StandardCharsets.ISO_8859_1)))
        .reduce("", String::concat)
        .getBytes(StandardCharsets.ISO_8859_1);
    List<byte[]> parts = new ArrayList<>();
    for (int at = 0; at < all.length;) {
      int length = Math.min(all.length - at, 1 + random.nextInt(40));
      byte[] part = new byte[length];
      System.arraycopy(all, at, part, 0, length);
      parts.add(part);
      at += length;
    }
    return parts;
  }
}
