package dev.reveille.proxy.metrics;

import dev.reveille.proxy.audit.Losses;

/** Counts audit events that could not be kept. Any thread. */
public final class AuditMetrics implements Losses {
  private final Metrics metrics;

  public AuditMetrics(Metrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void lost(String sink, boolean requests, long count) {
    metrics.counter(Metric.AUDIT_LOST, sink, requests ? "request" : "other")
        .increment((double) count);
  }
}
