package dev.reveille.proxy.audit;

import dev.reveille.proxy.audit.AuditEvent.ConnectionRefused;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AuditJournalTest {
  private static final int CAPACITY = 400;
  private static final Lane.Settings SETTINGS = new Lane.Settings(CAPACITY, 32,
      Duration.ofMillis(5), false, Duration.ofMillis(200));

  private final GatedSink sink = new GatedSink();
  private final Map<String, Long> lost = new ConcurrentHashMap<>();
  private final Losses losses = (name, requests, count) -> lost
      .merge(name + (requests ? " request" : " other"), count, Long::sum);
  private final AuditJournal journal = new AuditJournal(InstantSource.system(),
      List.of(new Lane(sink, SETTINGS, losses)));

  @Test
  void events_of_many_threads_are_numbered_without_gaps_and_all_kept() throws Exception {
    journal.start();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int t = 0; t < 8; t++) {
        threads.submit(() -> {
          for (int i = 0; i < 30; i++) {
            journal.record(AuditSamples.revoked("a_one"));
          }
        });
      }
    }
    journal.close();

    assertThat(sink.kept).extracting(Noted::number)
        .containsExactlyInAnyOrderElementsOf(
            LongStream.rangeClosed(1, 240).boxed().toList());
    assertThat(lost).isEmpty();
    assertThat(sink.closed).isTrue();
  }

  @Test
  void when_the_queue_is_full_requests_go_first_and_nothing_goes_uncounted() {
    sink.gate = GatedSink.Gate.AWAY; // and nothing drains: the lane has not been started
    for (int i = 0; i < 1000; i++) {
      journal.record(AuditSamples.request("select 1"));
    }
    for (int i = 0; i < 150; i++) {
      journal.record(AuditSamples.revoked("a_" + i));
    }

    assertThat(lost).containsOnly(Map.entry("gated request", 1000L - CAPACITY * 3 / 4),
        Map.entry("gated other", 50L));
    sink.gate = GatedSink.Gate.OPEN;
    journal.start();
    journal.close();
    assertThat(sink.kept).hasSize(CAPACITY);
    assertThat(sink.kept.stream().filter(n -> n.event() instanceof AuditEvent.CredentialRevoked))
        .hasSize(100);
  }

  @Test
  void what_fits_waits_for_a_sink_that_is_away() {
    sink.gate = GatedSink.Gate.AWAY;
    journal.start();
    for (int i = 0; i < 100; i++) {
      journal.record(AuditSamples.revoked("a_one"));
    }
    assertThat(sink.kept).isEmpty();

    sink.gate = GatedSink.Gate.OPEN;

    Awaitility.await().untilAsserted(() -> assertThat(sink.kept).hasSize(100));
    assertThat(lost).isEmpty();
    journal.close();
  }

  @Test
  void the_end_does_not_wait_for_ever_and_counts_what_is_left() {
    sink.gate = GatedSink.Gate.AWAY;
    journal.start();
    for (int i = 0; i < 100; i++) {
      journal.record(AuditSamples.revoked("a_one"));
    }

    journal.close();

    assertThat(lost).containsExactly(Map.entry("gated other", 100L));
  }

  @Test
  void a_batch_that_can_never_be_kept_is_counted_and_the_next_is_tried() {
    sink.gate = GatedSink.Gate.BROKEN;
    journal.start();
    journal.record(AuditSamples.revoked("a_one"));
    Awaitility.await().untilAsserted(() -> assertThat(lost).containsEntry("gated other", 1L));

    sink.gate = GatedSink.Gate.OPEN;
    journal.record(AuditSamples.revoked("a_two"));
    journal.close();

    assertThat(sink.kept).hasSize(1);
  }

  @Test
  void a_flood_of_refusals_is_summed_up_and_every_one_of_them_counts() {
    for (int i = 0; i < 5000; i++) {
      journal.record(AuditSamples.refused("a_" + i));
    }
    journal.start();
    journal.close();

    assertThat(sink.kept).hasSize(Flood.EACH + 1);
    assertThat(sink.kept.stream().mapToLong(n -> ((ConnectionRefused) n.event()).count()).sum())
        .isEqualTo(5000);
    assertThat(((ConnectionRefused) sink.kept.getLast().event()).claimed()).isEmpty();
  }
}
