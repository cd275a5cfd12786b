package dev.reveille.proxy.relay;

import dev.reveille.proxy.cancel.CancelTarget;
import dev.reveille.proxy.connect.ComputeLink;
import dev.reveille.wire.ErrorFields;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Joins a client and a compute: two {@link Leg}s on one event loop that forward buffers as they came. Owns both channels
 * from {@link #start} on and closes them; once one side has gone, the other follows.
 *
 * <p>Runs on the event loop, apart from what says otherwise.
 */
public final class Relay implements CancelTarget {
  final InFlight inFlight = new InFlight();
  final Guard guard;
  final RelayEnd end;
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

  private boolean answered;
  private volatile @Nullable Gate gate;

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
    this.end = new RelayEnd(this, client, compute, listener, limits, fromClient, fromCompute);
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

  /**
   * From now on care is taken before requests that want it; without this nothing is looked at. Once; of a message that is
   * under way the rest passes as it is.
   */
  public void takeCare(Precaution precaution) {
    if (gate == null && end.isOpen()) {
      Gate fresh = new Gate(this, fromClient, fromCompute, precaution, limits.highWater(),
          fromClient.toNextMessage());
      gate = fresh;
      client.pipeline().addBefore(client.pipeline().context(fromClient).name(), null, fresh);
    }
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
      end.computeGone();
    }
    if (!client.isActive()) {
      end.clientGone();
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
    return end.isOpen() && inFlight.isEmpty() && fromCompute.isIdle() && atBoundaries()
        && !cancels.isUnderWay()
        && !end.hasClientEnded() && !hasWaiting() && !fromClient.isPaused(Leg.INTERPOSED);
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

  /** Does not read the client until {@link #resumeClient}: an interposer is at work for it. Event loop. */
  public void pauseClient() {
    fromClient.pause(Leg.INTERPOSED);
    tick(ticker.nanoTime());
  }

  /** The reverse; harmless when not paused. Event loop. */
  public void resumeClient() {
    fromClient.resume(Leg.INTERPOSED);
    touch();
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
    end.endClient(error);
  }

  /**
   * The same, for one who may not stay: what was done is not acknowledged any more, and the client is closed soon,
   * whether it reads or not.
   */
  public void cutClient(ErrorFields error) {
    end.cutClient(error);
  }

  /** A leg has scanned what it is about to forward. */
  void scanned() {
    cancels.scanned(inFlight.isRunning() ? fromCompute.answers() : Cancels.NOTHING);
  }

  @Override
  public Supplier<CompletionStage<Boolean>> aim() {
    Gate open = gate;
    Supplier<CompletionStage<Boolean>> held = open == null ? null : open.aim();
    return held == null ? cancels.aim() : held;
  }

  /** Whether the compute works for the answer of this number, and the client for it. */
  boolean isWorkingFor(long answer) {
    return end.isOpen() && inFlight.isRunning() && fromCompute.answers() == answer;
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
    Gate open = gate;
    if (open != null) {
      open.look();
    }
  }

  private boolean hasWaiting() {
    Gate open = gate;
    return fromClient.hasWaiting() || (open != null && open.hasWaiting());
  }

  /** Tells the clock what is under way. */
  void tick(long now) {
    boolean busy = !inFlight.isEmpty() || !fromClient.scanner.atBoundary()
        || hasWaiting() || fromClient.isPaused(Leg.INTERPOSED);
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

  /** Whether something is in flight, or a transaction is open. */
  boolean isMidQuery() {
    return !inFlight.isEmpty() || !fromCompute.isIdle() || !atBoundaries();
  }

  private boolean atBoundaries() {
    return fromClient.scanner.atBoundary() && fromCompute.scanner.atBoundary();
  }

  /** Whether the guard would let a message of the client's begin, and its length is one. */
  boolean mayPass(byte type, int length) {
    return length >= 4 && length <= limits.clientFrame() && guard.fromClient(type, length) == null;
  }

  /** The end has come: nothing is timed, counted or kept any more. */
  void closed() {
    clock.stop();
    guard.close();
    Gate open = gate;
    if (open != null) {
      open.close();
    }
  }

  /** Now if this is the event loop, else soon; never once it has ended. */
  void onLoop(Runnable work) {
    if (client.eventLoop().inEventLoop()) {
      work.run();
      return;
    }
    try {
      client.eventLoop().execute(work);
    } catch (RejectedExecutionException stopping) {
      // Every channel of the event loop has ended with it.
    }
  }
}
