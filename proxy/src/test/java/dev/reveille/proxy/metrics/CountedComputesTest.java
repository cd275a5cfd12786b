package dev.reveille.proxy.metrics;

import dev.reveille.compute.Wake;
import dev.reveille.compute.WakeOutcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CountedComputesTest {
  private final Metrics metrics = new Metrics();
  private final CompletableFuture<WakeOutcome> answer = new CompletableFuture<>();
  private final Wake counted = CountedComputes.counted(new Wake() {
    @Override
    public CompletionStage<WakeOutcome> outcome() {
      return answer;
    }

    @Override
    public void abandon() {
      answer.cancel(false);
    }
  }, metrics, cold -> {
  });

  @Test
  void a_client_that_lets_go_because_it_was_answered_has_not_left() {
    var _ = counted.outcome().thenAccept(outcome -> counted.abandon());
    answer.complete(new WakeOutcome.Dropped());

    assertThat(count("dropped")).isEqualTo(1);
    assertThat(count("abandoned")).isZero();
  }

  @Test
  void a_client_that_leaves_while_it_waits_is_counted_once() {
    counted.abandon();
    counted.abandon();

    assertThat(count("abandoned")).isEqualTo(1);
  }

  private double count(String outcome) {
    return metrics.counter(Metric.WAKES, outcome).count();
  }
}
