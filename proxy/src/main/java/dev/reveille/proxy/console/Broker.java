package dev.reveille.proxy.console;

import dev.reveille.proxy.relay.InFlight;
import dev.reveille.proxy.relay.Interposer;
import dev.reveille.proxy.relay.Relay;
import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.FrameListener;
import dev.reveille.wire.FrameScanner;
import dev.reveille.wire.FrameTypes;
import dev.reveille.wire.MalformedMessageException;
import dev.reveille.wire.Severity;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The plumbing of a session in which commands are understood: hands each of the client's messages to a
 * {@link Conversation}, holds the client while that is at work, and replaces the answers to what the
 * conversation sends in a command's place. Everything else passes as it came.
 *
 * <p>Both sides stay in step because nothing is replaced unless the compute owes no other answer: from
 * the stand-in to its answer every message of the compute is the stand-in's, or asynchronous.
 *
 * <p>Event loop only, apart from {@link #aim}. Owns the buffers that the client sent ahead.
 */
final class Broker extends ChannelDuplexHandler implements Interposer, Line, FrameListener {
  private static final byte[] FLUSH = {FrameTypes.FLUSH, 0, 0, 0, 4};
  private static final int HEADER = 5;

  private final Conversation conversation;
  private final InFlight flight = new InFlight();
  private final FrameScanner answers = new FrameScanner(Integer.MAX_VALUE);
  private final FrontendFrames messages = new FrontendFrames();
  /** What a cancel request does that comes while a command is at work; any thread takes aim at it. */
  private final AtomicReference<@Nullable Runnable> cancel = new AtomicReference<>();
  private final ArrayDeque<ByteBuf> ahead = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext context;
  private @Nullable Relay relay;
  private boolean busy;
  private boolean working;
  private boolean over;
  private @Nullable Runnable onQuiet;
  private @Nullable Replies replacing;
  /** What is done when the answers have been replaced. */
  private Runnable afterwards = this::proceed;
  /** What the compute has said of a message that is not complete, while its answers are replaced. */
  private @Nullable ByteBuf partial;
  private @Nullable Object end;
  private char status = 'I';

  Broker(Function<Line, Conversation> conversation) {
    this.conversation = conversation.apply(this);
  }

  @Override
  public void joined(Relay joined) {
    relay = joined;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    release();
  }

  // What the client sends.

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf buffer) {
      ahead.add(buffer);
      work();
    } else {
      ctx.fireChannelRead(message);
    }
  }

  private void work() {
    if (working) {
      return;
    }
    working = true;
    try {
      while (!busy && !over && !ahead.isEmpty()) {
        ByteBuf in = ahead.peek();
        byte[] message = in.isReadable() ? messages.next(in) : null;
        if (message != null) {
          take(message);
        } else if (!in.isReadable()) {
          ahead.remove().release();
        }
      }
    } finally {
      working = false;
    }
    if (busy) {
      Objects.requireNonNull(relay).pauseClient();
    } else if (end != null && ahead.isEmpty()) {
      Object told = end;
      end = null;
      ctx().fireUserEventTriggered(told);
    }
  }

  private void take(byte[] message) {
    if (messages.isContinuing()) {
      ctx().fireChannelRead(Unpooled.wrappedBuffer(message));
    } else if (flight.takesCopy() || (flight.isSkipping() && message[0] != FrameTypes.SYNC)) {
      forward(message);
    } else {
      conversation.message(message, messages.isWhole());
    }
  }

  @Override
  public void forward(byte[]... all) {
    for (byte[] one : all) {
      flight.fromClient(one[0]);
      ctx().fireChannelRead(Unpooled.wrappedBuffer(one));
    }
    if (!working) {
      ctx().fireChannelReadComplete();
    }
  }

  @Override
  public void whenQuiet(Runnable next) {
    busy = true;
    if (isQuiet()) {
      next.run();
    } else {
      onQuiet = next;
      forward(FLUSH);
    }
  }

  @Override
  public void onCancel(Runnable what) {
    cancel.setRelease(what);
  }

  /** What was aimed at while a command was at work hits that one or none. */
  @Override
  public @Nullable Supplier<CompletionStage<Boolean>> aim() {
    Runnable aimed = cancel.getAcquire();
    return aimed == null ? null : () -> {
      CompletableFuture<Boolean> hit = new CompletableFuture<>();
      try {
        ctx().executor().execute(() -> {
          boolean same = !over && aimed.equals(cancel.getPlain());
          if (same) {
            aimed.run();
          }
          hit.complete(same);
        });
      } catch (RejectedExecutionException stopping) {
        hit.complete(false);
      }
      return hit;
    };
  }

  @Override
  public void proceed() {
    cancel.setRelease(null);
    busy = false;
    if (!working) {
      work();
      if (!busy) {
        Objects.requireNonNull(relay).resumeClient();
      }
      ctx().fireChannelReadComplete();
    }
  }

  @Override
  public void substitute(Replies replies, byte[]... standIn) {
    cancel.setRelease(null);
    ask(replies, this::proceed, standIn);
  }

  @Override
  public void ask(Replies replies, Runnable next, byte[]... messages) {
    busy = true;
    replacing = replies;
    afterwards = next;
    forward(messages);
  }

  @Override
  public Runnable after(Duration time, Runnable work) {
    Future<?> timer = ctx().executor().schedule(() -> {
      if (!over) {
        work.run();
      }
    }, time.toMillis(), TimeUnit.MILLISECONDS);
    return () -> timer.cancel(false);
  }

  @Override
  public void tell(List<String> warnings) {
    ByteBuf out = ctx().alloc().buffer();
    warnings.forEach(text -> BackendMessages.noticeResponse(out,
        ErrorFields.of(Severity.WARNING, "01000", text)));
    ctx().writeAndFlush(out);
  }

  @Override
  public void later(Runnable work) {
    ctx().executor().execute(() -> {
      if (!over) {
        work.run();
      }
    });
  }

  @Override
  public boolean isSkipping() {
    return flight.isSkipping();
  }

  @Override
  public boolean takesCopy() {
    return flight.takesCopy();
  }

  @Override
  public char status() {
    return status;
  }

  /** The client's end is behind what it has sent. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    boolean ended = event instanceof ChannelInputShutdownEvent
        || event instanceof SslCloseCompletionEvent;
    if (ended && (busy || !ahead.isEmpty())) {
      end = event;
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    release();
    ctx.fireChannelInactive();
  }

  private void release() {
    over = true;
    cancel.setRelease(null);
    onQuiet = null;
    ahead.forEach(ByteBuf::release);
    ahead.clear();
    ByteBuf left = partial;
    partial = null;
    if (left != null) {
      left.release();
    }
  }

  private ChannelHandlerContext ctx() {
    return Objects.requireNonNull(context);
  }

  // What the compute answers.

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (!(message instanceof ByteBuf buffer) || over) {
      ctx.write(message, promise);
    } else if (replacing == null) {
      scan(buffer);
      ctx.write(buffer, promise);
    } else {
      ctx.write(replaced(buffer), promise);
    }
    tellIfQuiet();
  }

  private void scan(ByteBuf buffer) {
    try {
      answers.scan(buffer, this);
    } catch (MalformedMessageException e) {
      over = true; // the relay has seen it too, and ends the session
    }
  }

  private ByteBuf replaced(ByteBuf buffer) {
    ByteBuf all = partial == null ? ctx().alloc().buffer() : partial;
    partial = null;
    all.writeBytes(buffer);
    buffer.release();
    ByteBuf out = ctx().alloc().buffer();
    while (replacing != null && all.readableBytes() >= HEADER
        && all.readableBytes() > all.getInt(all.readerIndex() + 1)) {
      ByteBuf one = all.readSlice(all.getInt(all.readerIndex() + 1) + 1);
      answered(one, out);
    }
    if (replacing != null) {
      partial = all;
      return out;
    }
    scan(all);
    out.writeBytes(all);
    all.release();
    return out;
  }

  private void answered(ByteBuf one, ByteBuf out) {
    byte type = one.getByte(one.readerIndex());
    flight.fromCompute(type);
    if (type == FrameTypes.READY_FOR_QUERY) {
      status = (char) one.getByte(one.readerIndex() + HEADER);
    }
    boolean fatal = type == FrameTypes.ERROR_RESPONSE && isFatal(one);
    if (fatal) {
      out.writeBytes(one, one.readerIndex(), one.readableBytes());
    }
    if (fatal || Objects.requireNonNull(replacing).answer(type, one, out)) {
      replacing = null;
      later(fatal ? this::proceed : afterwards);
    }
  }

  private static boolean isFatal(ByteBuf message) {
    Severity severity = ErrorFields.decode(message.slice(message.readerIndex() + HEADER,
        message.readableBytes() - HEADER)).severity();
    return severity == Severity.FATAL || severity == Severity.PANIC;
  }

  @Override
  public void frame(byte type, int length, int offset) {
    flight.fromCompute(type);
  }

  @Override
  public void transactionStatus(byte code) {
    status = (char) code;
    conversation.ready(status);
  }

  private boolean isQuiet() {
    return (!flight.isRunning() || flight.takesCopy()) && answers.atBoundary();
  }

  private void tellIfQuiet() {
    Runnable next = onQuiet;
    if (next != null && isQuiet()) {
      onQuiet = null;
      later(next);
    }
  }
}
