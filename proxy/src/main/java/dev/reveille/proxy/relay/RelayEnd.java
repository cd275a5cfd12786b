package dev.reveille.proxy.relay;

import dev.reveille.proxy.connect.ComputeLink;
import dev.reveille.proxy.transport.HalfClose;
import dev.reveille.proxy.transport.LingeringClose;
import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a relay comes to its end, whoever goes first. In order: OPEN; ENDING, when it has been decided to end the client
 * but a message to it is half sent; CLOSED, when nothing is forwarded any more. It moves forward only.
 *
 * <p>Confined to the relay's event loop.
 */
final class RelayEnd {
  private enum Phase {
    OPEN, ENDING, CLOSED
  }

  private final Relay relay;
  private final Channel client;
  private final ComputeLink compute;
  private final RelayListener listener;
  private final RelayLimits limits;
  private final ClientLeg fromClient;
  private final ComputeLeg fromCompute;

  private Phase phase = Phase.OPEN;
  private boolean told;
  private boolean clientEnded;
  private boolean computeGone;
  private @Nullable ErrorFields lastWords;

  RelayEnd(Relay relay, Channel client, ComputeLink compute, RelayListener listener,
      RelayLimits limits, ClientLeg fromClient, ComputeLeg fromCompute) {
    this.relay = relay;
    this.client = client;
    this.compute = compute;
    this.listener = listener;
    this.limits = limits;
    this.fromClient = fromClient;
    this.fromCompute = fromCompute;
  }

  boolean isOpen() {
    return phase == Phase.OPEN;
  }

  /** Whether the client has ended its output. */
  boolean hasClientEnded() {
    return clientEnded;
  }

  /** See {@link Relay#endClient}. */
  void endClient(ErrorFields error) {
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

  /** See {@link Relay#cutClient}. */
  void cutClient(ErrorFields error) {
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
      listener.clientClosed(!fromClient.isTerminated() && relay.isMidQuery());
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
      boolean midQuery = relay.isMidQuery();
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
    relay.closed();
    fromCompute.close();
    if (computeGone || !compute.channel().isActive()) {
      compute.channel().close();
    } else if (relay.inFlight.isRunning()) {
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
