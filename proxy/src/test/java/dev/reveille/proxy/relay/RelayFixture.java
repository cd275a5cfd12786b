package dev.reveille.proxy.relay;

import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.MalformedMessageException;
import dev.reveille.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A relay between two channels without sockets, all on the calling thread. */
class RelayFixture implements RelayListener {
  final EmbeddedChannel client = new EmbeddedChannel();
  final FakeLink link = new FakeLink(new EmbeddedChannel());
  final List<String> told = new ArrayList<>();
  final Relay relay;

  RelayFixture() {
    this(RelayLimits.DEFAULTS);
  }

  RelayFixture(RelayLimits limits) {
    this(limits, TestScopes.WIDE, TestScopes.PLENTY);
  }

  RelayFixture(RelayScope scope, ByteBudget shared) {
    this(RelayLimits.DEFAULTS, scope, shared);
  }

  private RelayFixture(RelayLimits limits, RelayScope scope, ByteBudget shared) {
    relay = Relay.start(client, link, this, limits, scope, shared);
    run();
  }

  /** Runs what the relay has put off. */
  void run() {
    client.runPendingTasks();
    link.channel().runPendingTasks();
  }

  void fromClient(byte[] bytes) {
    client.writeInbound(Unpooled.wrappedBuffer(bytes));
  }

  void fromCompute(byte[] bytes) {
    link.channel().writeInbound(Unpooled.wrappedBuffer(bytes));
  }

  byte[] toCompute() {
    return drain(link.channel());
  }

  byte[] toClient() {
    return drain(client);
  }

  private static byte[] drain(EmbeddedChannel channel) {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
      all.writeBytes(next);
      next.release();
    }
    return ByteBufUtil.getBytes(all);
  }

  /** The error that ends {@code bytes}, after {@code prefix}. */
  static ErrorFields error(byte[] bytes, int prefix) {
    ByteBuf buf = Unpooled.wrappedBuffer(bytes, prefix, bytes.length - prefix);
    if (buf.readByte() != 'E') {
      throw new AssertionError("no error: " + new String(bytes, StandardCharsets.ISO_8859_1));
    }
    return ErrorFields.decode(buf.readSlice(buf.readInt() - 4));
  }

  /** What a compute says. */
  static byte[] answer(Consumer<ByteBuf> encoder) {
    ByteBuf out = Unpooled.buffer();
    encoder.accept(out);
    return ByteBufUtil.getBytes(out);
  }

  /** One row and ReadyForQuery. */
  static byte[] oneRow(TransactionStatus status) {
    return answer(out -> {
      BackendMessages.rowDescription(out, List.of());
      BackendMessages.dataRow(out, List.of("a value"));
      BackendMessages.commandComplete(out, "SELECT 1");
      BackendMessages.readyForQuery(out, status);
    });
  }

  @Override
  public void firstByte() {
    told.add("first byte");
  }

  @Override
  public void clientClosed(boolean midQuery) {
    told.add("client closed" + (midQuery ? " mid-query" : ""));
  }

  @Override
  public void computeClosed(boolean midQuery) {
    told.add("compute closed" + (midQuery ? " mid-query" : ""));
  }

  @Override
  public void breached(Breach breach) {
    told.add("breached " + breach.limit());
  }

  @Override
  public void malformed(MalformedMessageException reason) {
    told.add("malformed");
  }
}
