package dev.reveille.proxy.relay;

import dev.reveille.proxy.connect.ComputeLink;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Cancel requests for what a relay has in flight. The compute signals whatever the connection runs when the request
 * arrives. So the client's next request waits until no signal can come any more, and the request is not sent once the
 * query that it was meant for has been answered.
 *
 * <p>Runs on the event loop, apart from {@link #aim}.
 */
final class Cancels {
  static final long NOTHING = -1;

  private final Relay relay;
  private final ComputeLink compute;
  private final ClientLeg fromClient;
  /** Which answer, by its number, the compute works for, or NOTHING; known before the client sees it. */
  private final AtomicLong working = new AtomicLong(NOTHING);
  private @Nullable CompletableFuture<Boolean> underWay;

  Cancels(Relay relay, ComputeLink compute, ClientLeg fromClient) {
    this.relay = relay;
    this.compute = compute;
    this.fromClient = fromClient;
  }

  void scanned(long workingFor) {
    working.setRelease(workingFor);
  }

  boolean isUnderWay() {
    return underWay != null;
  }

  /** Any thread. See {@link dev.reveille.proxy.cancel.CancelTarget#aim}. */
  Supplier<CompletionStage<Boolean>> aim() {
    long aimedAt = working.getAcquire();
    return aimedAt == NOTHING
        ? () -> CompletableFuture.completedFuture(false)
        : () -> cancel(aimedAt);
  }

  private CompletionStage<Boolean> cancel(long aimedAt) {
    CompletableFuture<Boolean> delivered = new CompletableFuture<>();
    try {
      compute.channel().eventLoop().execute(() -> deliver(aimedAt, delivered));
    } catch (RejectedExecutionException stopping) {
      delivered.complete(false);
    }
    return delivered;
  }

  private void deliver(long aimedAt, CompletableFuture<Boolean> delivered) {
    if (underWay != null) {
      underWay.thenAccept(delivered::complete);
      return;
    }
    if (!relay.isWorkingFor(aimedAt)) {
      delivered.complete(false);
      return;
    }
    underWay = delivered;
    fromClient.pause(Leg.CANCELLING);
    compute.cancel(() -> relay.isWorkingFor(aimedAt)).addListener(sent -> {
      underWay = null;
      fromClient.resume(Leg.CANCELLING);
      delivered.complete(sent.isSuccess() && Boolean.TRUE.equals(sent.getNow()));
    });
  }
}
