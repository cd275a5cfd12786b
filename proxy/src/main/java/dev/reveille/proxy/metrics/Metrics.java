package dev.reveille.proxy.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.DoubleSupplier;

/** Registers and finds meters by their declaration. Safe from any thread. */
public final class Metrics {
  private static final Duration[] BUCKETS = List.of(1, 2, 5, 10, 20, 30, 50, 75, 100, 200, 350, 500,
      1_000, 2_000, 5_000, 10_000, 30_000, 60_000)
      .stream()
      .map(Duration::ofMillis)
      .toArray(Duration[]::new);

  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(
      PrometheusConfig.DEFAULT);
  private final ConcurrentMap<List<Object>, Counter> counters = new ConcurrentHashMap<>();
  private final ConcurrentMap<List<Object>, Timer> timers = new ConcurrentHashMap<>();

  /** The counter with these values of its labels, in the order of their declaration. */
  Counter counter(Metric metric, String... values) {
    return counters.computeIfAbsent(List.of(metric, List.of(values)),
        key -> Counter.builder(metric.id())
            .description(metric.about())
            .baseUnit(metric.unit().isEmpty() ? null : metric.unit())
            .tags(tags(metric, values))
            .register(registry));
  }

  /** The histogram with these values of its labels. */
  Timer timer(Metric metric, String... values) {
    return timers.computeIfAbsent(List.of(metric, List.of(values)),
        key -> Timer.builder(metric.id())
            .description(metric.about())
            .serviceLevelObjectives(BUCKETS)
            .tags(tags(metric, values))
            .register(registry));
  }

  /** A gauge that is read whenever the metrics are. */
  public void gauge(Metric metric, DoubleSupplier value, String... values) {
    Gauge.builder(metric.id(), value::getAsDouble)
        .description(metric.about())
        .baseUnit(metric.unit().isEmpty() ? null : metric.unit())
        .tags(tags(metric, values))
        .strongReference(true)
        .register(registry);
  }

  /** A counter that is kept elsewhere. */
  public void counted(Metric metric, DoubleSupplier value) {
    FunctionCounter.builder(metric.id(), value, DoubleSupplier::getAsDouble)
        .description(metric.about())
        .baseUnit(metric.unit().isEmpty() ? null : metric.unit())
        .register(registry);
  }

  PrometheusMeterRegistry registry() {
    return registry;
  }

  /** Everything, as Prometheus text. */
  public String text() {
    return registry.scrape();
  }

  private static Tags tags(Metric metric, String... values) {
    if (values.length != metric.labels().size()) {
      throw new IllegalArgumentException(metric + " has the labels " + metric.labels());
    }
    Tags tags = Tags.empty();
    for (int i = 0; i < values.length; i++) {
      tags = tags.and(metric.labels().get(i), values[i]);
    }
    return tags;
  }
}
