package dev.reveille.proxy.http;

import io.javalin.config.JavalinConfig;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * {@code /healthz}: the process runs. {@code /readyz}: clients can be served, 503 with reasons if
 * not. {@code /metrics}: Prometheus text.
 */
public final class HealthRoutes implements Consumer<JavalinConfig> {
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private final Readiness readiness;
  private final Supplier<String> metrics;

  public HealthRoutes(Readiness readiness, Supplier<String> metrics) {
    this.readiness = readiness;
    this.metrics = metrics;
  }

  @Override
  public void accept(JavalinConfig config) {
    config.routes.get("/healthz",
        context -> HttpListener.json(context, 200, Map.of("status", "alive")));
    config.routes.get("/readyz", context -> {
      List<Readiness.Check> checks = readiness.checks();
      boolean ready = checks.stream().allMatch(Readiness.Check::ok);
      HttpListener.json(context, ready ? 200 : 503, Map.of("ready", ready, "checks", checks));
    });
    config.routes.get("/metrics",
        context -> context.contentType(PROMETHEUS).result(metrics.get()));
  }
}
