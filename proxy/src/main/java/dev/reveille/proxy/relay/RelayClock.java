package dev.reveille.proxy.relay;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long a relay has been working on one request, or has had none. A request begins with its first byte, or, when it
 * was sent behind another, with the answer to that one; it ends with a ReadyForQuery, whether or not it asked for one.
 *
 * <p>There is one timer, which is not touched by requests: it looks at what is under way when the nearest limit could
 * have been reached, and sets itself anew.
 *
 * <p>Confined to the relay's event loop.
 */
final class RelayClock {
  private final Relay relay;
  private final EventLoop loop;
  private final Ticker ticker;
  private RelayScope scope;
  private boolean busy;
  private long since;
  private long answers;
  private boolean stopped;
  private @Nullable Future<?> timer;

  RelayClock(Relay relay, EventLoop loop, RelayScope scope) {
    this.relay = relay;
    this.loop = loop;
    this.ticker = loop.ticker();
    this.scope = scope;
    this.since = ticker.nanoTime();
  }

  /** Bytes have passed, or time. */
  void seen(long now, boolean busyNow, long answersNow) {
    if (busyNow != busy || answersNow != answers) {
      busy = busyNow;
      answers = answersNow;
      since = now;
    }
  }

  void start() {
    look();
  }

  void restrict(RelayScope to) {
    scope = to;
    if (timer != null) {
      timer.cancel(false);
      look();
    }
  }

  void stop() {
    stopped = true;
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private void look() {
    if (stopped) {
      return;
    }
    long now = ticker.nanoTime();
    relay.tick(now);
    long limit = busy ? scope.requestTime().toNanos() : scope.idleTime().toNanos();
    long other = busy ? scope.idleTime().toNanos() : scope.requestTime().toNanos();
    long left = since + limit - now;
    if (left > 0) {
      timer = loop.schedule(this::look, Math.min(left, other), TimeUnit.NANOSECONDS);
    } else {
      relay.end.breached(busy
          ? Breach.requestTime(scope.requestTime())
          : Breach.idleTime(scope.idleTime(), !relay.isIdle()));
    }
  }
}
