package dev.reveille.proxy.relay;

import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.FrameTypes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is said to a client besides, or in place of, what its compute says: a message at the next boundary, and an error
 * for the stand-in of a request that was refused. The stand-in is known by its name, which is in the compute's error for
 * it; an error of an earlier request of the same pipeline passes as it is, and then the stand-in has been skipped.
 *
 * <p>Exists for as long as there is something to say. Confined to the relay's event loop; owns what it keeps.
 */
final class Interjection {
  private static final int HEADER = 5;
  /** The error for a stand-in is shorter. */
  private static final int LONGEST_ERROR = 64 * 1024;

  private final ComputeLeg leg;
  private @Nullable ByteBuf message;
  private @Nullable ErrorFields error;
  private byte[] name = {};
  /** The beginning of a message that is not whole yet. */
  private @Nullable ByteBuf kept;

  Interjection(ComputeLeg leg) {
    this.leg = leg;
  }

  void say(ByteBuf whole) {
    ByteBuf earlier = message;
    if (earlier == null) {
      message = whole;
    } else {
      earlier.writeBytes(whole);
      whole.release();
    }
  }

  String failInstead(long number, ErrorFields words) {
    String fresh = "reveille_refused_" + number;
    error = words;
    name = fresh.getBytes(StandardCharsets.US_ASCII);
    return fresh;
  }

  /** Forwards what came from the compute, with what there is to say; whether all has been said. Takes over. */
  boolean isDoneWith(ByteBuf buffer) {
    ByteBuf all = buffer;
    ByteBuf earlier = kept;
    if (earlier != null) {
      kept = null;
      all = earlier.writeBytes(buffer);
      buffer.release();
    }
    boolean goesOn = true;
    while (goesOn && all.isReadable() && !leg.isClosed()) {
      goesOn = step(all);
    }
    boolean done = message == null && error == null;
    if (!all.isReadable() || leg.isClosed()) {
      all.release();
    } else if (done) {
      leg.forward(all);
    } else {
      kept = all.alloc().buffer().writeBytes(all);
      all.release();
    }
    return done;
  }

  /** One message, or a part of one; false if nothing is left to say, or more has to come first. */
  private boolean step(ByteBuf all) {
    int rest = leg.scanner.remaining();
    int header = leg.scanner.headerBytes();
    if (rest > 0 || header > 0) {
      forward(all, rest > 0 ? rest : HEADER - header);
      return true;
    }
    ByteBuf now = message;
    if (now != null) {
      message = null;
      leg.send(now);
    }
    if (error == null || all.readableBytes() < HEADER) {
      return false;
    }
    byte type = all.getByte(all.readerIndex());
    int length = all.getInt(all.readerIndex() + 1);
    boolean candidate = type == FrameTypes.ERROR_RESPONSE && length > 4 && length < LONGEST_ERROR;
    if (candidate && all.readableBytes() <= length) {
      return false;
    }
    if (candidate && isForStandIn(all, length)) {
      all.skipBytes(length + 1);
      ByteBuf ours = leg.own.alloc().buffer();
      BackendMessages.errorResponse(ours, Objects.requireNonNull(error));
      error = null;
      leg.forward(ours);
      return false;
    }
    if (type == FrameTypes.READY_FOR_QUERY) {
      error = null; // an earlier error has skipped the stand-in
    }
    forward(all, candidate ? length + 1 : HEADER);
    return true;
  }

  private boolean isForStandIn(ByteBuf all, int length) {
    ByteBuf body = all.slice(all.readerIndex() + HEADER, length - 4);
    for (int i = 0; i + name.length <= body.readableBytes(); i++) {
      if (body.getByte(i) == name[0] && ByteBufUtil.equals(body, i,
          Unpooled.wrappedBuffer(name), 0, name.length)) {
        return true;
      }
    }
    return false;
  }

  private void forward(ByteBuf all, int most) {
    leg.forward(all.readRetainedSlice(Math.min(most, all.readableBytes())));
  }

  void close() {
    ByteBuf unsaid = message;
    ByteBuf unsent = kept;
    message = null;
    kept = null;
    if (unsaid != null) {
      unsaid.release();
    }
    if (unsent != null) {
      unsent.release();
    }
  }
}
