package dev.reveille.proxy.sim;

import dev.reveille.proxy.connect.ComputeLink;
import dev.reveille.wire.CancelSecret;
import dev.reveille.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import java.util.function.BooleanSupplier;

/** One connection to a simulated compute. */
final class SimLink implements ComputeLink {
  final SimDatabase database;
  final long epoch;
  final SimSession session;
  boolean open = true;

  SimLink(SimDatabase database, long epoch, SimSession session) {
    this.database = database;
    this.epoch = epoch;
    this.session = session;
  }

  @Override
  public Channel channel() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int processId() {
    return 1;
  }

  @Override
  public CancelSecret secret() {
    throw new UnsupportedOperationException();
  }

  @Override
  public TransactionStatus status() {
    return TransactionStatus.IDLE;
  }

  @Override
  public ByteBuf takeLeftover() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Boolean> cancel(BooleanSupplier stillWanted) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      database.disconnected(this);
    }
  }
}
