package dev.reveille.proxy.metrics;

import dev.reveille.proxy.session.CloseReason;
import dev.reveille.proxy.session.Phase;
import dev.reveille.proxy.session.SessionFacts;
import dev.reveille.proxy.session.SessionFailure;
import dev.reveille.proxy.session.SessionTimeline;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Run with {@code -Dreveille.write-docs=true} to write the page anew. */
class MetricsPageTest {
  private static final SessionFacts FACTS = new SessionFacts(1, InetAddress.getLoopbackAddress(),
      Optional.empty(), Optional.empty(), OptionalInt.empty(),
      new SessionFacts.Known(Optional.empty(), Optional.empty(), Optional.empty(),
          Optional.empty(), Optional.empty()),
      new SessionFacts.Traffic(0, 0, 0), Duration.ZERO);

  @Test
  void the_page_says_what_the_declarations_say() throws Exception {
    Path page = Path.of("..", "docs", "metrics.md");
    if (Boolean.getBoolean("reveille.write-docs")) {
      Files.writeString(page, MetricsPage.text());
    }

    assertThat(page).content().isEqualTo(MetricsPage.text());
  }

  @Test
  void a_session_is_counted_under_the_declared_names() {
    Metrics metrics = new Metrics();
    SessionMetrics sessions = new SessionMetrics(metrics);

    sessions.opened();
    sessions.ready(FACTS, new SessionTimeline("shop", true, Map.of(Phase.WAKE, 30_000_000L)));
    sessions.phase(Phase.FIRST_BYTE, 1_000_000);
    sessions.bytes(10, 200);
    sessions.refused(FACTS, new SessionFailure.NoSuchDatabase("x"));
    sessions.opened();
    sessions.closed(FACTS, CloseReason.CLIENT_LEFT);

    assertThat(metrics.text()).contains("reveille_sessions 1.0",
        "reveille_connections_total 2.0",
        "reveille_connections_closed_total{reason=\"client_left\"} 1.0",
        "reveille_connect_seconds_count{start=\"cold\"} 1",
        "reveille_connect_phase_seconds_bucket{phase=\"wake\",start=\"cold\",le=\"0.03\"} 1",
        "reveille_first_byte_seconds_count 1",
        "reveille_relayed_bytes_total{direction=\"from_compute\"} 200.0",
        "reveille_refusals_total{kind=\"no_database\",sqlstate=\"3D000\"} 1.0");
  }
}
