package dev.reveille.proxy.relay;

import dev.reveille.proxy.transport.Transport;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.Limits;
import dev.reveille.wire.ProtocolVersion;
import dev.reveille.wire.Severity;
import dev.reveille.wire.TransactionStatus;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.reveille.proxy.relay.Messages.query;
import static dev.reveille.proxy.relay.RelayFixture.oneRow;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** What only real sockets show: kernels that buffer, ends of file, resets. */
class RelaySocketsTest {
  private static final byte[] ONE_ROW = oneRow(TransactionStatus.IDLE);
  private static final int HIGH_WATER = RelayLimits.DEFAULTS.highWater();
  private static final int LARGEST_READ = 64 * 1024;

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aSlowReaderStopsTheWriter(Transport transport) throws Exception {
    try (FakeCompute compute = new FakeCompute();
        TestDoor door = new TestDoor(transport, compute.port(), RelayLimits.DEFAULTS);
        WireClient client = WireClient.logIn(door.port(), 8 * 1024, ProtocolVersion.V3_0)) {
      TestDoor.Session session = door.session();
      FakeCompute.Connection connection = compute.session();
      client.send(query("give me all"));
      assertThat(connection.message()).isEqualTo('Q');
      int size = 50 * 1024 * 1024;
      CompletableFuture<Void> written = stream(connection.out, size);

      Channel toCompute = session.link().channel();
      await().atMost(20, TimeUnit.SECONDS)
          .untilAsserted(() -> assertThat(toCompute.config().isAutoRead()).isFalse());
      assertThat(session.onLoop(() -> pending(session.client))).isBetween(1L,
          (long) HIGH_WATER + LARGEST_READ);
      assertThat(session.relay().computeBytes()).isLessThan(size / 2);
      assertThat(written).isNotDone();

      assertThat(client.read().body()).hasSize(size);
      written.get();
    }
  }

  @Test
  void aSlowComputeStopsTheClient() throws Exception {
    try (FakeCompute compute = new FakeCompute();
        TestDoor door = new TestDoor(compute.port());
        WireClient client = WireClient.logIn(door.port())) {
      TestDoor.Session session = door.session();
      FakeCompute.Connection connection = compute.session();
      CompletableFuture<Void> written = stream(client.socket.getOutputStream(), 100 * 1024 * 1024);
      await().atMost(20, TimeUnit.SECONDS)
          .untilAsserted(() -> assertThat(session.client.config().isAutoRead()).isFalse());
      assertThat(session.onLoop(() -> pending(session.link().channel())))
          .isBetween(1L, (long) HIGH_WATER + LARGEST_READ);
      assertThat(written).isNotDone();
      assertThat(connection.message()).isEqualTo('d');
      written.get();
    }
  }

  @Test
  void aRowOfAGigabytePassesInBoundedMemory() throws Exception {
    try (FakeCompute compute = new FakeCompute();
        TestDoor door = new TestDoor(compute.port());
        WireClient client = WireClient.logIn(door.port())) {
      TestDoor.Session session = door.session();
      FakeCompute.Connection connection = compute.session();
      client.send(query("give me all"));
      connection.message();
      int size = 1024 * 1024 * 1024 - 10;
      CompletableFuture<Void> written = stream(connection.out, size);
      assertThat(client.in.readByte()).isEqualTo((byte) 'd');
      assertThat(client.in.readInt()).isEqualTo(size + 4);
      ByteBufAllocator allocator = session.client.alloc();
      long most = 0;
      for (long left = size; left > 0;) {
        left -= client.in.skip(Math.min(left, 16 * 1024 * 1024));
        most = Math.max(most,
            ((ByteBufAllocatorMetricProvider) allocator).metric().usedDirectMemory());
      }
      written.get();
      assertThat(most).isLessThan(64L * 1024 * 1024);
      assertThat(session.onLoop(() -> session.relay().computeBytes())).isEqualTo(size + 5L);
    }
  }

  @Test
  void aClientThatEndsItsOutputGetsTheAnswerAndTheEnd() throws Exception {
    try (TestDoor door = new TestDoor(RealPostgres.port());
        WireClient client = WireClient.logIn(door.port())) {
      client.send(query("select pg_sleep(0.2)"));
      client.socket.shutdownOutput();
      assertThat(client.readToReady()).extracting(WireClient.Message::toString)
          .containsExactly("T", "D", "C", "Z");
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void anAnswerThatGoesOnComingIsDeliveredToItsEnd() throws Exception {
    RelayLimits patient = new RelayLimits(Limits.MAX_FRAME, 64 * 1024, 256 * 1024,
        Duration.ofMillis(1500),
        Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(2));
    try (TestDoor door = new TestDoor(Transport.best(), RealPostgres.port(), patient);
        WireClient client = WireClient.logIn(door.port())) {
      client.send(query(
          "do $$ begin for i in 1..6 loop raise notice 'still here'; perform pg_sleep(0.4); end loop; end $$"));
      client.socket.shutdownOutput();
      assertThat(client.readToReady()).hasSize(8);
      assertThat(client.atEnd()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void theQueryOfAClientThatVanishedIsCancelled(Transport transport) throws Exception {
    for (boolean reset : new boolean[]{true, false}) {
      try (TestDoor door = new TestDoor(transport, RealPostgres.port(), RelayLimits.DEFAULTS)) {
        WireClient client = WireClient.logIn(door.port());
        client.send(query("select pg_sleep(1000)"));
        int pid = door.session().link().processId();
        runs(pid, true);
        if (reset) {
          client.socket.setSoLinger(true, 0);
        }
        client.close();
        runs(pid, false);
      }
    }
  }

  private static void runs(int pid, boolean expected) {
    await().atMost(20, TimeUnit.SECONDS).untilAsserted(() -> {
      try (var connection = RealPostgres.direct();
          var statement = connection.createStatement();
          var rows = statement.executeQuery(
              "select query from pg_stat_activity where pid = " + pid + " and state = 'active'")) {
        assertThat(rows.next()).isEqualTo(expected);
      }
    });
  }

  @Test
  void noRequestPassesWhileACancelIsOnItsWay() throws Exception {
    try (FakeCompute compute = new FakeCompute();
        TestDoor door = new TestDoor(compute.port());
        WireClient client = WireClient.logIn(door.port())) {
      FakeCompute.Connection connection = compute.session();
      client.send(query("select 1"));
      assertThat(connection.message()).isEqualTo('Q');
      WireClient.cancel(door.port(), requireNonNull(client.key));
      FakeCompute.Connection cancel = compute.cancel();

      connection.out.write(ONE_ROW);
      client.readToReady();
      client.send(query("select 2"));
      TestDoor.Session session = door.session();
      await().untilAsserted(() -> assertThat(session.client.config().isAutoRead()).isFalse());
      assertThat(connection.in.available()).isZero();
      cancel.socket.close();
      assertThat(connection.message()).isEqualTo('Q');
    }
  }

  @Test
  void anEndedClientReadsItsLastErrorAlthoughItWasTalking() throws Exception {
    ErrorFields revoked = ErrorFields.of(Severity.FATAL, "57P01", "revoked");
    try (FakeCompute compute = new FakeCompute();
        TestDoor door = new TestDoor(compute.port());
        WireClient client = WireClient.logIn(door.port())) {
      TestDoor.Session session = door.session();
      session.client.eventLoop().submit(() -> session.relay().hold()).get();
      client.send(query("select 1"), query("select " + "x".repeat(100_000)));
      session.client.eventLoop().submit(() -> session.relay().endClient(revoked)).get();
      List<WireClient.Message> messages = client.readToEnd();
      assertThat(messages).hasSize(1);
      assertThat(ErrorFields.decode(Unpooled.wrappedBuffer(messages.getFirst().body())))
          .isEqualTo(revoked);
      client.socket.close();
      assertThat(compute.session().message()).isEqualTo('X');
    }
  }

  @Test
  void anEndedClientInTheMidstOfRowsGetsWholeMessages() throws Exception {
    try (TestDoor door = new TestDoor(RealPostgres.port());
        WireClient client = WireClient.logIn(door.port())) {
      TestDoor.Session session = door.session();
      client.send(query("select repeat('x', 1000) from generate_series(1, 10000000)"));
      client.read();
      session.client.eventLoop()
          .submit(
              () -> session.relay().endClient(ErrorFields.of(Severity.FATAL, "57P01", "revoked")))
          .get();
      assertThat(client.readToEnd().getLast().type()).isEqualTo((byte) 'E');
      runs(session.link().processId(), false);
    }
  }

  private static long pending(Channel channel) {
    return requireNonNull(channel.unsafe().outboundBuffer()).totalPendingWriteBytes();
  }

  /** Writes one CopyData of {@code size} bytes from a thread of its own. */
  private static CompletableFuture<Void> stream(OutputStream out, int size) {
    CompletableFuture<Void> written = new CompletableFuture<>();
    Thread.ofPlatform().daemon().start(() -> {
      try {
        out.write(RelayFixture.answer(header -> header.writeByte('d').writeInt(size + 4)));
        byte[] some = new byte[64 * 1024];
        for (int left = size; left > 0; left -= some.length) {
          out.write(some, 0, Math.min(left, some.length));
        }
        written.complete(null);
      } catch (IOException e) {
        written.completeExceptionally(new UncheckedIOException(e));
      }
    });
    return written;
  }
}
