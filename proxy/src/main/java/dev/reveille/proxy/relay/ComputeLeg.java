package dev.reveille.proxy.relay;

import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.FrameTypes;
import dev.reveille.wire.MalformedMessageException;
import dev.reveille.wire.TransactionStatus;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/** From the compute to the client. Follows the transaction status, and can end the stream at a message boundary. */
final class ComputeLeg extends Leg {
  private byte status;
  private byte lastType;
  private long answers;
  private boolean closed;
  private boolean endAtBoundary;
  private @Nullable RequestReader requests;
  private @Nullable Interjection interjection;

  ComputeLeg(Relay relay, Channel compute, Channel client, TransactionStatus status) {
    super(relay, compute, client, Integer.MAX_VALUE);
    this.status = status.code();
  }

  /** Whether the last ReadyForQuery said {@code I}. */
  boolean isIdle() {
    return status == 'I';
  }

  /** How many ReadyForQuery have passed. */
  long answers() {
    return answers;
  }

  /** Whether the client has been sent whole messages only: a frame that was refused has not begun for it. */
  boolean atBoundary() {
    return isRefusing() || scanner.remaining() == 0;
  }

  /** Whether the client has been sent the beginning of a CommandComplete, and not its end. */
  boolean isAcknowledging() {
    return lastType == FrameTypes.COMMAND_COMPLETE && !atBoundary();
  }

  /** Whether the compute's own error was the last that it said. */
  boolean endsWithError() {
    return lastType == FrameTypes.ERROR_RESPONSE && atBoundary();
  }

  /** From now on it is told what the compute answers. */
  void report(RequestReader reader) {
    requests = reader;
  }

  /** The message that is under way is the last to be forwarded; {@link RelayEnd#boundaryReached} follows it. */
  void endAtBoundary() {
    endAtBoundary = true;
  }

  /** Sends the client a whole message of ours, between two of the compute's. Takes over. */
  void say(ByteBuf message) {
    if (closed) {
      message.release();
    } else if (atBoundary() && interjection == null) {
      send(message);
      flush();
    } else {
      interjection().say(message);
    }
  }

  /**
   * The compute's error for a request that fails is this one, before its next ReadyForQuery.
   *
   * @return what is asked for to fail: a statement, or the name of a portal
   */
  String failInstead(long number, ErrorFields error) {
    return interjection().failInstead(number, error);
  }

  private Interjection interjection() {
    Interjection now = interjection;
    if (now == null) {
      now = new Interjection(this);
      interjection = now;
    }
    return now;
  }

  /** From now on everything from the compute is dropped. */
  void close() {
    closed = true;
    Interjection open = interjection;
    if (open != null) {
      open.close();
    }
  }

  boolean isClosed() {
    return closed || isRefusing();
  }

  @Override
  void arrived(ByteBuf buffer) {
    if (closed) {
      buffer.release();
    } else if (endAtBoundary) {
      forwardToBoundary(buffer);
    } else {
      relay.answering();
      Interjection open = interjection;
      if (open == null) {
        forward(buffer);
      } else if (open.isDoneWith(buffer)) {
        interjection = null;
      }
    }
  }

  /** The rest of the message under way is all that still passes. */
  private void forwardToBoundary(ByteBuf buffer) {
    int rest = scanner.remaining();
    if (rest < buffer.readableBytes()) {
      buffer.writerIndex(buffer.readerIndex() + rest);
    }
    forward(buffer);
    if (atBoundary()) {
      flush();
      relay.end.boundaryReached();
    }
  }

  @Override
  void ended(boolean connectionGone) {
    flush();
    relay.end.computeGone();
  }

  @Override
  void broken(MalformedMessageException reason) {
    relay.end.computeGone();
  }

  @Override
  public void frame(byte type, int length, int offset) {
    if (isRefusing()) {
      return;
    }
    Breach breach = relay.guard.fromCompute(type, length);
    if (breach != null) {
      refuse(offset, breach);
      return;
    }
    lastType = type;
    relay.inFlight.fromCompute(type);
    if (requests != null) {
      requests.answer(type);
    }
  }

  @Override
  public void transactionStatus(byte code) {
    if (!isRefusing()) {
      status = code;
      answers++;
    }
  }
}
