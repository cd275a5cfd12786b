package dev.reveille.proxy.app;

import dev.reveille.cell.Directory;
import dev.reveille.compute.Computes;
import dev.reveille.compute.local.LocalProvider;
import dev.reveille.proxy.metrics.ComputeMetrics;
import dev.reveille.proxy.metrics.Metric;
import dev.reveille.proxy.metrics.Metrics;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;
import java.time.Instant;

/** What is read when somebody looks at the metrics. */
final class Readings {
  private final Metrics metrics;
  private final ComputeMetrics computes;

  Readings(Metrics metrics, Computes computes, Cells cells, Directory directory, TlsSetup tls,
      Instant since) {
    this.metrics = metrics;
    this.computes = new ComputeMetrics(metrics, computes);
    cells.providers().forEach((id, provider) -> {
      if (provider instanceof LocalProvider local) {
        metrics.gauge(Metric.PREPARED, () -> local.prepared().running(), id.value(), "running");
        metrics.gauge(Metric.PREPARED, () -> local.prepared().copies(), id.value(), "copied");
      }
    });
    metrics.gauge(Metric.CATALOG_UP, () -> directory.catalogReachable() ? 1 : 0);
    metrics.gauge(Metric.CERTIFICATE, tls::secondsLeft);
    metrics.gauge(Metric.STARTED, since::getEpochSecond);
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    metrics.gauge(Metric.HEAP, () -> memory.getHeapMemoryUsage().getUsed());
    if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider buffers) {
      metrics.gauge(Metric.DIRECT, () -> buffers.metric().usedDirectMemory());
    }
    metrics.counted(Metric.CPU, () -> ProcessHandle.current()
        .info()
        .totalCpuDuration()
        .map(Duration::toMillis)
        .orElse(0L) / 1e3);
  }

  String text() {
    computes.refresh();
    return metrics.text();
  }
}
