package dev.reveille.proxy.relay;

import dev.reveille.proxy.connect.ComputeLink;
import dev.reveille.wire.CancelSecret;
import dev.reveille.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A link whose cancel requests end when a test says so. */
final class FakeLink implements ComputeLink {
  /** A cancel request under way. */
  record Cancel(BooleanSupplier stillWanted, Promise<Boolean> delivered) {
    /** As a real link does it: asks at the last moment, then sends. */
    void deliver() {
      delivered.setSuccess(stillWanted.getAsBoolean());
    }
  }

  final EmbeddedChannel channel;
  final List<Cancel> cancels = new ArrayList<>();
  ByteBuf leftover = Unpooled.EMPTY_BUFFER;

  FakeLink(EmbeddedChannel channel) {
    this.channel = channel;
  }

  @Override
  public EmbeddedChannel channel() {
    return channel;
  }

  @Override
  public int processId() {
    return 7;
  }

  @Override
  public CancelSecret secret() {
    return CancelSecret.of(new byte[]{1, 2, 3, 4});
  }

  @Override
  public TransactionStatus status() {
    return TransactionStatus.IDLE;
  }

  @Override
  public ByteBuf takeLeftover() {
    ByteBuf taken = leftover;
    leftover = Unpooled.EMPTY_BUFFER;
    return taken;
  }

  @Override
  public Future<Boolean> cancel(BooleanSupplier stillWanted) {
    Cancel cancel = new Cancel(stillWanted, channel.eventLoop().newPromise());
    cancels.add(cancel);
    return cancel.delivered();
  }

  @Override
  public void close() {
    channel.writeOutbound(Unpooled.wrappedBuffer(Messages.TERMINATE));
    channel.close();
  }
}
