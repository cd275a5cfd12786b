package dev.reveille.proxy.metrics;

import dev.reveille.proxy.session.CloseReason;
import dev.reveille.proxy.session.Phase;
import dev.reveille.proxy.session.SessionFacts;
import dev.reveille.proxy.session.SessionFailure;
import dev.reveille.proxy.session.SessionObserver;
import dev.reveille.proxy.session.SessionTimeline;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what happens to sessions. Called on all event loops at once; never blocks. */
public final class SessionMetrics implements SessionObserver {
  private final Metrics metrics;
  private final AtomicInteger open = new AtomicInteger();
  private final Counter opened;
  private final Counter fromClient;
  private final Counter fromCompute;
  private final Timer firstByte;

  public SessionMetrics(Metrics metrics) {
    this.metrics = metrics;
    opened = metrics.counter(Metric.OPENED);
    fromClient = metrics.counter(Metric.RELAYED, "from_client");
    fromCompute = metrics.counter(Metric.RELAYED, "from_compute");
    firstByte = metrics.timer(Metric.FIRST_BYTE);
    metrics.gauge(Metric.SESSIONS, open::get);
  }

  /** Client connections that are open now. */
  public int sessions() {
    return open.get();
  }

  @Override
  public void opened() {
    open.incrementAndGet();
    opened.increment();
  }

  @Override
  public void phase(Phase phase, long nanos) {
    if (phase == Phase.FIRST_BYTE) {
      firstByte.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void ready(SessionFacts session, SessionTimeline timeline) {
    String start = timeline.cold() ? "cold" : "warm";
    long total = 0;
    for (var entry : timeline.nanos().entrySet()) {
      total += entry.getValue();
      metrics.timer(Metric.CONNECT_PHASE, start, entry.getKey().label())
          .record(entry.getValue(),
              TimeUnit.NANOSECONDS);
    }
    metrics.timer(Metric.CONNECT, start).record(total, TimeUnit.NANOSECONDS);
  }

  @Override
  public void refused(SessionFacts session, SessionFailure failure) {
    metrics.counter(Metric.REFUSED, failure.sqlState(), failure.kind().label()).increment();
  }

  @Override
  public void bytes(long clientBytes, long computeBytes) {
    fromClient.increment((double) clientBytes);
    fromCompute.increment((double) computeBytes);
  }

  @Override
  public void closed(SessionFacts session, CloseReason reason) {
    open.decrementAndGet();
    metrics.counter(Metric.CLOSED, reason.label()).increment();
  }
}
