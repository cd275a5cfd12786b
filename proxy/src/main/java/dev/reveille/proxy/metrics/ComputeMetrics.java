package dev.reveille.proxy.metrics;

import dev.reveille.compute.ComputeStatus;
import dev.reveille.compute.Computes;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.stream.Collectors;

/** Computes by cell and state: a gauge for each pair that there is, looked up at each scrape. */
public final class ComputeMetrics {
  private final Computes computes;
  private final MultiGauge gauge;

  public ComputeMetrics(Metrics metrics, Computes computes) {
    this.computes = computes;
    gauge = MultiGauge.builder(Metric.COMPUTES.id())
        .description(Metric.COMPUTES.about())
        .register(metrics.registry());
    metrics.gauge(Metric.WAITERS,
        () -> computes.statuses().stream().mapToInt(ComputeStatus::waiters).sum());
  }

  /** Counts anew; to be called before the metrics are read. */
  public void refresh() {
    Map<Tags, Long> counts = computes.statuses()
        .stream()
        .collect(Collectors.groupingBy(
            status -> Tags.of("cell", status.cell().value(), "state", status.state()),
            Collectors.counting()));
    gauge.register(counts.entrySet()
        .stream()
        .map(count -> MultiGauge.Row.of(count.getKey(), count.getValue()))
        .toList(), true);
  }
}
