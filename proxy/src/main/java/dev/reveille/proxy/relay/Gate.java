package dev.reveille.proxy.relay;

import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.FrameTypes;
import dev.reveille.wire.Severity;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the {@link ClientLeg} of a session with a {@link Precaution}, and of no other. Passes on what comes, cut
 * so that a Query, Parse, Bind, Execute or Close is whole when it is looked at, and holds a request, with all that
 * follows it, while care is taken. In order: what was asked before is answered; care is taken; the client is told; the
 * request goes on, or a stand-in that surely fails takes its place, so that the compute's transaction is where the
 * client believes it to be.
 *
 * <p>While it holds a request it goes on reading up to the high water mark, to see a client go: then nothing of what was
 * held reaches the compute.
 *
 * <p>Runs on the relay's event loop, apart from {@link #aim}. Owns what it keeps.
 */
final class Gate extends ChannelInboundHandlerAdapter {
  /** A longer message is judged by its beginning. */
  static final int LONGEST = 8 << 20;
  /** Names are in here; more of Bind, or of a message that is longer, is not waited for. */
  static final int BEGINNING = 64 * 1024;

  private static final int HEADER = 5;
  private static final long NOT_TAKING = 0;

  private enum At {
    /** Requests pass. */
    OPEN,
    /** A request is held until what came before it has been answered. */
    WAITING,
    /** A request is held while care is taken. */
    TAKING,
    /** Nothing passes any more. */
    CLOSED
  }

  private final Relay relay;
  private final ClientLeg leg;
  private final ComputeLeg answers;
  private final Precaution precaution;
  private final int mostWaiting;
  /** The number of the request for which care is taken now, or NOT_TAKING; cancel requests aim at it. */
  private final AtomicLong taking = new AtomicLong(NOT_TAKING);

  private @Nullable ChannelHandlerContext context;
  private At at = At.OPEN;
  /** The beginning of a message that is not there yet, or a request that is held and what follows it. */
  private @Nullable ByteBuf kept;
  /** Bytes of a message that pass without a look, and of one that was refused. */
  private long passing;
  private long dropping;
  private long requests;
  private byte heldType;
  private long heldBytes;
  private String what = "";

  /** @param underWay bytes of a message of which the leg has already had the beginning */
  Gate(Relay relay, ClientLeg leg, ComputeLeg answers, Precaution precaution, int mostWaiting,
      int underWay) {
    this.relay = relay;
    this.leg = leg;
    this.answers = answers;
    this.precaution = precaution;
    this.mostWaiting = mostWaiting;
    this.passing = underWay;
  }

  /** Whether something of the client's waits here. */
  boolean hasWaiting() {
    return kept != null;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf buffer) || at == At.CLOSED) {
      ReferenceCountUtil.release(message);
      return;
    }
    ByteBuf earlier = kept;
    if (earlier == null) {
      walk(buffer);
    } else {
      earlier.writeBytes(buffer);
      buffer.release();
      if (at == At.OPEN) {
        kept = null;
        walk(earlier);
      }
    }
    if (at != At.OPEN && hasTooMuch()) {
      leg.pause(Leg.GATED);
    }
  }

  private boolean hasTooMuch() {
    ByteBuf waiting = kept;
    long held = heldBytes <= LONGEST ? heldBytes : BEGINNING;
    return waiting != null && waiting.readableBytes() - held > mostWaiting;
  }

  /** Passes on whole messages, and the parts of those that need no look, until one has to be held. Takes over. */
  private void walk(ByteBuf all) {
    int dropped = (int) Math.min(dropping, all.readableBytes());
    all.skipBytes(dropped);
    dropping -= dropped;
    int upTo = all.readerIndex();
    int end = all.writerIndex();
    while (at == At.OPEN && upTo < end) {
      if (passing > 0) {
        int step = (int) Math.min(passing, end - upTo);
        passing -= step;
        upTo += step;
      } else if (end - upTo < HEADER || !isJudged(all, upTo, end - upTo)) {
        break;
      }
    }
    keepFrom(all, upTo);
    if (at == At.WAITING) {
      look();
    }
  }

  /** Whether the message that begins there was judged; false if more of it is needed first. */
  private boolean isJudged(ByteBuf all, int start, int there) {
    byte type = all.getByte(start);
    long frame = Math.max(HEADER, Integer.toUnsignedLong(all.getInt(start + 1)) + 1);
    String found = null;
    if (isRead(type) && relay.mayPass(type, all.getInt(start + 1))) {
      boolean fits = frame <= (type == FrameTypes.BIND ? BEGINNING : LONGEST);
      int needed = (int) (fits ? frame : BEGINNING);
      if (there < needed) {
        return false;
      }
      found = precaution.before(type, all.slice(start + HEADER, needed - HEADER), fits);
    }
    if (found == null) {
      passing = frame;
    } else {
      at = At.WAITING;
      heldType = type;
      heldBytes = frame;
      what = found;
    }
    return true;
  }

  private static boolean isRead(byte type) {
    return switch (type) {
      case FrameTypes.QUERY, FrameTypes.PARSE, FrameTypes.BIND, FrameTypes.EXECUTE,
          FrameTypes.CLOSE ->
        true;
      default -> false;
    };
  }

  private void keepFrom(ByteBuf all, int upTo) {
    int passes = upTo - all.readerIndex();
    int rest = all.writerIndex() - upTo;
    if (rest > 0 && passes == 0 && all.isWritable(1) && all.refCnt() == 1 && !all.isReadOnly()) {
      kept = all;
      return;
    }
    if (rest > 0) {
      kept = all.alloc().buffer(Math.max(rest, 256)).writeBytes(all, upTo, rest);
    }
    if (passes > 0) {
      pass(all.writerIndex(upTo));
    } else {
      all.release();
    }
  }

  private void pass(ByteBuf buffer) {
    ChannelHandlerContext ctx = context;
    if (ctx == null) {
      buffer.release();
    } else {
      ctx.fireChannelRead(buffer);
    }
  }

  /** Something has been answered, or sent on: perhaps care can be taken now. Harmless at any time. */
  void look() {
    if (at != At.WAITING || leg.hasWaiting()) {
      return;
    }
    if (relay.inFlight.isDeaf()) {
      goOn(); // the compute will not run it
    } else if (!relay.inFlight.owesReady()) {
      take();
    }
  }

  private void take() {
    at = At.TAKING;
    long number = ++requests;
    taking.setRelease(number);
    precaution.take(what, !answers.isIdle())
        .whenComplete((outcome, failure) -> relay.onLoop(() -> taken(number, outcome)));
  }

  private void taken(long number, Precaution.@Nullable Outcome outcome) {
    if (!isTaking(number)) {
      return;
    }
    switch (outcome) {
      case Precaution.Outcome.Passed(var notice) -> {
        ByteBuf message = leg.own.alloc().buffer();
        BackendMessages.noticeResponse(message, notice);
        answers.say(message);
        goOn();
      }
      case Precaution.Outcome.Refused(var error) -> refuse(error);
      case null -> refuse(ErrorFields.of(Severity.ERROR, "XX000", "the precaution failed"));
    }
  }

  private boolean isTaking(long number) {
    return at == At.TAKING && requests == number;
  }

  /** The held request passes, and then what follows it is looked at. */
  private void goOn() {
    passing = heldBytes;
    open();
  }

  /** The compute gets a request that surely fails in place of the held one, and its error is the one given here. */
  private void refuse(ErrorFields error) {
    byte[] standIn = answers.failInstead(requests, error)
        .getBytes(StandardCharsets.US_ASCII);
    boolean query = heldType == FrameTypes.QUERY;
    ByteBuf message = leg.own.alloc().buffer().writeByte(heldType);
    message.writeInt(4 + standIn.length + (query ? 1 : 5)).writeBytes(standIn).writeByte(0);
    pass(query ? message : message.writeInt(0)); // Execute: no limit of rows
    dropping = heldBytes;
    open();
  }

  private void open() {
    at = At.OPEN;
    heldBytes = 0;
    taking.setRelease(NOT_TAKING);
    ByteBuf waiting = kept;
    kept = null;
    if (waiting != null) {
      walk(waiting);
    }
    ChannelHandlerContext ctx = context;
    if (ctx != null) {
      ctx.fireChannelReadComplete();
    }
    if (at == At.OPEN || !hasTooMuch()) {
      leg.resume(Leg.GATED);
    }
  }

  /** Any thread: what a cancel request now has to do, if care is being taken; else null. */
  @Nullable
  Supplier<CompletionStage<Boolean>> aim() {
    long number = taking.getAcquire();
    if (number == NOT_TAKING) {
      return null;
    }
    return () -> {
      CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
      relay.onLoop(() -> {
        boolean held = isTaking(number);
        if (held) {
          refuse(ErrorFields
              .of(Severity.ERROR, "57014", "canceling statement due to user request")
              .detail("The statement had not begun: it waited for a checkpoint."));
        }
        cancelled.complete(held);
      });
      return cancelled;
    };
  }

  /** From now on nothing passes, and nothing is kept. */
  void close() {
    at = At.CLOSED;
    taking.setRelease(NOT_TAKING);
    ByteBuf waiting = kept;
    kept = null;
    if (waiting != null) {
      waiting.release();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
      close();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    close();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    close();
  }
}
