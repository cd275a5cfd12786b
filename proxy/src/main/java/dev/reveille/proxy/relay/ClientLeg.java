package dev.reveille.proxy.relay;

import dev.reveille.wire.FrameTypes;
import dev.reveille.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * From the client to the compute. While the relay holds the client, what netty had already read waits here; it is at most
 * what one read (and one TLS record behind it) brings, since reading has stopped.
 */
final class ClientLeg extends Leg {
  private @Nullable ArrayDeque<ByteBuf> waiting;
  private @Nullable RequestReader requests;
  private boolean endWaits;
  private boolean closed;
  private boolean terminated;

  ClientLeg(Relay relay, Channel client, Channel compute, int frameLimit) {
    super(relay, client, compute, frameLimit);
  }

  /** From now on what the client asks for is read as it passes. */
  void report(RequestReader reader) {
    requests = reader;
  }

  /** The client said goodbye in the protocol's own words (Terminate). */
  boolean isTerminated() {
    return terminated;
  }

  boolean hasWaiting() {
    return waiting != null;
  }

  /** How many bytes are still to come of the message that is under way. */
  int toNextMessage() {
    return scanner.remaining();
  }

  /** From now on everything from the client is dropped. */
  void close() {
    closed = true;
    ArrayDeque<ByteBuf> dropped = waiting;
    waiting = null;
    if (dropped != null) {
      dropped.forEach(ByteBuf::release);
    }
  }

  @Override
  void arrived(ByteBuf buffer) {
    if (!closed && isPaused(HELD | CANCELLING)) {
      if (waiting == null) {
        waiting = new ArrayDeque<>(2);
      }
      waiting.add(buffer);
    } else {
      forwardUnlessClosed(buffer);
    }
  }

  private void forwardUnlessClosed(ByteBuf buffer) {
    if (requests != null && !closed) {
      requests.next(buffer);
    }
    if (closed) {
      buffer.release();
    } else {
      forward(buffer);
    }
  }

  @Override
  void resume(int reason) {
    boolean free = !isPaused((HELD | CANCELLING) & ~reason);
    ArrayDeque<ByteBuf> late = waiting;
    if (free && late != null) {
      waiting = null;
      late.forEach(this::forwardUnlessClosed);
      flush();
      relay.touch();
    }
    super.resume(reason);
    if (free && endWaits) {
      endWaits = false;
      relay.end.clientEnded();
    }
  }

  @Override
  void ended(boolean connectionGone) {
    if (connectionGone) {
      relay.end.clientGone();
    } else if (isPaused(HELD | CANCELLING)) {
      endWaits = true;
    } else {
      flush();
      relay.end.clientEnded();
    }
  }

  @Override
  void broken(MalformedMessageException reason) {
    relay.end.clientBroke(reason);
  }

  @Override
  public void frame(byte type, int length, int offset) {
    if (isRefusing()) {
      return;
    }
    Breach breach = relay.guard.fromClient(type, length);
    if (breach != null) {
      refuse(offset, breach);
      return;
    }
    relay.inFlight.fromClient(type);
    if (requests != null) {
      requests.frame(type, length, offset);
    }
    if (type == FrameTypes.TERMINATE) {
      terminated = true;
    }
  }
}
