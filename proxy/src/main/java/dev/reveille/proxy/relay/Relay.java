package dev.reveille.proxy.relay;

import dev.reveille.proxy.cancel.CancelTarget;
import dev.reveille.proxy.connect.ComputeLink;
import dev.reveille.proxy.transport.HalfClose;
import dev.reveille.proxy.transport.LingeringClose;
import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Joins a client and a compute: two {@link Leg}s on one event loop that forward buffers as they came. Owns both channels
 * from {@link #start} on and closes them; once one side has gone, the other follows.
 *
 * <p>The life of a relay, in order: OPEN; ENDING, when it has been decided to end the client but a message to it is half
 * sent; CLOSED, when nothing is forwarded any more. It moves forward only.
 *
 * <p>Runs on the event loop, apart from what says otherwise.
 */
public final class Relay implements CancelTarget {
  private enum Phase {
    OPEN, ENDING, CLOSED
  }

  final InFlight inFlight = new InFlight();
  final Guard guard;
  private final Channel client;
  private final ComputeLink compute;
  private final RelayListener listener;
  private final RelayLimits limits;
  private final Ticker ticker;
  private final ClientLeg fromClient;
  private final ComputeLeg fromCompute;
  private final Cancels cancels;
  private final RelayClock clock;
  private final AtomicLong lastActivity;

  private Phase phase = Phase.OPEN;
  private boolean answered;
  private boolean told;
  private boolean clientEnded;
  private boolean computeGone;
  private @Nullable ErrorFields lastWords;

  private Relay(Channel client, ComputeLink compute, RelayListener listener, RelayLimits limits,
      RelayScope scope, ByteBudget shared) {
    this.client = client;
    this.compute = compute;
    this.listener = listener;
    this.limits = limits;
    this.ticker = client.eventLoop().ticker();
    this.guard = new Guard(scope, shared);
    this.clock = new RelayClock(this, client.eventLoop(), scope);
    this.lastActivity = new AtomicLong(ticker.nanoTime());
    this.fromClient = new ClientLeg(this, client, compute.channel(), limits.clientFrame());
    this.cancels = new Cancels(this, compute, fromClient);
    this.fromCompute = new ComputeLeg(this, compute.channel(), client, compute.status());
  }

  /**
   * Joins a client and a compute that have both just seen ReadyForQuery. Appends one handler to each pipeline; the caller
   * then removes its own handlers, and what their removal hands on reaches the relay. Takes over reading (autoRead), half
   * closure, water marks and the life of both channels. Call on the client's event loop, which must be the compute's too.
   * The listener hears nothing before this has returned.
   *
   * @param scope what the session may do
   * @param shared asked for each byte that goes out, besides the session's own budget
   */
  public static Relay start(Channel client, ComputeLink compute, RelayListener listener,
      RelayLimits limits, RelayScope scope, ByteBudget shared) {
    Relay relay = new Relay(client, compute, listener, limits, scope, shared);
    relay.take(client, relay.fromClient);
    relay.take(compute.channel(), relay.fromCompute);
    client.eventLoop().execute(relay::begin);
    return relay;
  }

  private void take(Channel channel, Leg leg) {
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    channel.config()
        .setWriteBufferWaterMark(new WriteBufferWaterMark(limits.lowWater(), limits.highWater()));
    channel.pipeline().addLast(leg);
  }

  /** Tells {@code requests} what the client asks for; without it nothing is read. Once, at the start. */
  public void report(RequestListener requests) {
    RequestReader reader = new RequestReader(requests);
    fromClient.report(reader);
    fromCompute.report(reader);
  }

  /** Deals with what happened before the handlers were there, then reads. */
  private void begin() {
    ByteBuf leftover = compute.takeLeftover();
    if (leftover.isReadable()) {
      fromCompute.arrived(leftover);
      fromCompute.flush();
    } else {
      leftover.release();
    }
    if (!compute.channel().isActive()) {
      computeGone();
    }
    if (!client.isActive()) {
      clientGone();
    }
    fromCompute.start();
    fromClient.start();
    clock.start();
  }

  /** From now on this scope holds, for what is under way too. */
  public void restrict(RelayScope scope, ByteBudget shared) {
    guard.restrict(scope, shared);
    clock.restrict(scope);
  }

  /** ReadyForQuery {@code I} with nothing in flight in either direction. Exact on the event loop. */
  public boolean atRest() {
    return phase == Phase.OPEN && inFlight.isEmpty() && fromCompute.isIdle() && atBoundaries()
        && !cancels.isUnderWay()
        && !clientEnded && !fromClient.hasWaiting();
  }

  /** When bytes last passed, on the clock of {@link System#nanoTime}. Any thread. */
  public long lastActivityNanos() {
    return lastActivity.getOpaque();
  }

  /** If at rest, stops reading the client and answers true. */
  public boolean hold() {
    boolean rest = atRest();
    if (rest) {
      fromClient.pause(Leg.HELD);
    }
    return rest;
  }

  /** Reads the client again; harmless when not held. */
  public void release() {
    fromClient.resume(Leg.HELD);
  }

  /** Bytes taken from the client so far. Any thread. */
  public long clientBytes() {
    return fromClient.bytes();
  }

  /** Bytes taken from the compute so far. Any thread. */
  public long computeBytes() {
    return fromCompute.bytes();
  }

  /** How many requests the compute has answered with ReadyForQuery. Event loop. */
  public long answers() {
    return fromCompute.answers();
  }

  /**
   * Ends the session: cancels what is in flight, leaves the compute, sends {@code error} to the client after the message
   * that is on its way, if that ends soon (else without it), and closes. Harmless when repeated.
   */
  public void endClient(ErrorFields error) {
    if (phase != Phase.OPEN) {
      return;
    }
    told = true;
    fromClient.close();
    if (fromCompute.atBoundary()) {
      finish(error);
    } else if (computeGone || (isEndOfRights(error) && fromCompute.isAcknowledging())) {
      finish(null);
    } else {
      phase = Phase.ENDING;
      lastWords = error;
      fromCompute.endAtBoundary();
      after(limits.boundaryGrace(), () -> {
        if (phase == Phase.ENDING) {
          finish(null);
        }
      });
    }
  }

  /**
   * The same, for one who may not stay: what was done is not acknowledged any more, and the client is closed soon,
   * whether it reads or not.
   */
  public void cutClient(ErrorFields error) {
    endClient(error);
    if (client.isActive()) {
      after(limits.farewell(), () -> LingeringClose.force(client));
    }
  }

  /** A limit was reached. Nothing passes any more. */
  void breached(Breach breach) {
    if (phase == Phase.OPEN) {
      fromClient.close();
      if (!told) {
        told = true;
        listener.breached(breach);
      }
      cutClient(breach.words());
    }
  }

  /** After a limit the rest of an acknowledgement may still be sent; after a revocation it may not. */
  private static boolean isEndOfRights(ErrorFields error) {
    return error.sqlState().equals("57P01");
  }

  /** The compute's message under way has been forwarded whole: {@link #endClient} goes on. */
  void boundaryReached() {
    if (phase == Phase.ENDING) {
      finish(lastWords);
    }
  }

  /** A leg has scanned what it is about to forward. */
  void scanned() {
    cancels.scanned(inFlight.isRunning() ? fromCompute.answers() : Cancels.NOTHING);
  }

  @Override
  public Supplier<CompletionStage<Boolean>> aim() {
    return cancels.aim();
  }

  /** Whether the compute works for the answer of this number, and the client for it. */
  boolean isWorkingFor(long answer) {
    return phase == Phase.OPEN && inFlight.isRunning() && fromCompute.answers() == answer;
  }

  /** The client will send nothing more. It may still wait for answers, so the compute is told and given a moment. */
  void clientEnded() {
    if (phase != Phase.OPEN || clientEnded) {
      return;
    }
    clientEnded = true;
    HalfClose.endOutput(compute.channel());
    graceFrom(fromCompute.bytes());
  }

  /** As long as answers come they are delivered: a client that is gone resets the connection at the first of them. */
  private void graceFrom(long answeredBytes) {
    after(limits.halfCloseGrace(), () -> {
      boolean answering = fromCompute.bytes() != answeredBytes || !client.isWritable();
      if (phase == Phase.OPEN && answering) {
        graceFrom(fromCompute.bytes());
      } else if (phase == Phase.OPEN) {
        phase = Phase.CLOSED;
        tellClientClosed();
        leaveCompute();
        client.close();
      }
    });
  }

  /** The client's connection is gone. */
  void clientGone() {
    if (phase != Phase.CLOSED) {
      phase = Phase.CLOSED;
      fromClient.close();
      leaveCompute();
      tellClientClosed();
    }
  }

  private void tellClientClosed() {
    if (!told) {
      told = true;
      listener.clientClosed(!fromClient.isTerminated() && isMidQuery());
    }
  }

  /** The client's framing is broken: nothing after it can be understood. */
  void clientBroke(MalformedMessageException reason) {
    if (phase == Phase.OPEN) {
      if (!told) {
        told = true;
        listener.malformed(reason);
      }
      endClient(reason.toErrorFields());
    }
  }

  /** The compute will send nothing more, or nothing that can be understood. */
  void computeGone() {
    if (computeGone) {
      return;
    }
    computeGone = true;
    if (phase == Phase.ENDING) {
      finish(null);
    } else if (phase == Phase.OPEN) {
      boolean expected = clientEnded || fromClient.isTerminated();
      boolean midQuery = isMidQuery();
      if (expected) {
        tellClientClosed();
      } else {
        told = true;
        listener.computeClosed(midQuery);
      }
      if (phase == Phase.OPEN) {
        fromClient.close();
        boolean silent = expected || fromCompute.endsWithError() || !fromCompute.atBoundary();
        finish(silent ? null : ComputeLost.error(midQuery));
      }
    }
    compute.channel().close();
  }

  /** Bytes from the compute are about to be sent to the client. */
  void answering() {
    if (!answered && fromClient.bytes() > 0) {
      answered = true;
      listener.firstByte();
    }
  }

  void touch() {
    long now = ticker.nanoTime();
    lastActivity.setOpaque(now);
    tick(now);
  }

  /** Tells the clock what is under way. */
  void tick(long now) {
    boolean busy = !inFlight.isEmpty() || !fromClient.scanner.atBoundary()
        || fromClient.hasWaiting();
    clock.seen(now, busy, fromCompute.answers());
  }

  /** Whether the last ReadyForQuery said that no transaction is open. */
  boolean isIdle() {
    return fromCompute.isIdle();
  }

  void writabilityChanged(Leg side, boolean writable) {
    Leg other = side == fromClient ? fromCompute : fromClient;
    if (writable) {
      other.resume(Leg.PEER_FULL);
    } else {
      other.pause(Leg.PEER_FULL);
    }
  }

  private boolean isMidQuery() {
    return !inFlight.isEmpty() || !fromCompute.isIdle() || !atBoundaries();
  }

  private boolean atBoundaries() {
    return fromClient.scanner.atBoundary() && fromCompute.scanner.atBoundary();
  }

  private void finish(@Nullable ErrorFields words) {
    phase = Phase.CLOSED;
    leaveCompute();
    ByteBuf last = Unpooled.EMPTY_BUFFER;
    if (words != null) {
      last = client.alloc().buffer();
      BackendMessages.errorResponse(last, words);
    }
    LingeringClose.close(client, last, limits.linger());
  }

  /**
   * Closes the compute's connection, and cancels what runs on it: closing alone would let it run on. In this order, so
   * that the compute cannot answer what the client had sent behind it: it ends at its first attempt.
   */
  private void leaveCompute() {
    clock.stop();
    guard.close();
    fromCompute.close();
    if (computeGone || !compute.channel().isActive()) {
      compute.channel().close();
    } else if (inFlight.isRunning()) {
      compute.channel().close();
      compute.cancel(() -> true);
    } else if (clientEnded || !fromClient.scanner.atBoundary()) {
      compute.channel().close();
    } else {
      compute.close();
    }
  }

  private void after(Duration delay, Runnable action) {
    client.eventLoop().schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
  }
}
