package dev.reveille.proxy.metrics;

import java.util.Locale;

/** Writes {@code docs/metrics.md} from the declarations. */
final class MetricsPage {
  private static final String HEAD = """
      # Metrics

      Served as Prometheus text at `/metrics` of the HTTP listener. Histograms have the usual
      `_bucket`, `_sum` and `_count`.

      <!-- Generated from Metric.java by MetricsPageTest; edit there. -->

      | name | type | labels | meaning |
      |---|---|---|---|
      """;

  private MetricsPage() {
  }

  static String text() {
    StringBuilder page = new StringBuilder(HEAD);
    for (Metric metric : Metric.values()) {
      page.append("| `")
          .append(metric.prometheusName())
          .append("` | ")
          .append(metric.type().name().toLowerCase(Locale.ROOT))
          .append(" | ")
          .append(String.join(", ", metric.labels()))
          .append(" | ")
          .append(metric.about())
          .append(" |\n");
    }
    return page.toString();
  }
}
