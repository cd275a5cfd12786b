package dev.reveille.chaos.harness;

import java.io.IOException;
import java.time.Duration;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a quiet product holds, taken before a fault, to compare with afterwards.
 *
 * @param descriptors open files of the proxy's process
 */
public record Baseline(RunningReveille reveille, int descriptors) {
  /** Descriptors that a pool or a class loader may open once, on first use. */
  private static final int SLACK = 6;

  public static Baseline of(RunningReveille reveille) {
    return new Baseline(reveille, Proc.descriptors(reveille.pid()));
  }

  /** In the end no session, no waiter and no descriptor is left of what happened since. */
  public void assertSettles() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(this::assertSettled);
  }

  private void assertSettled() throws IOException {
    assertThat(reveille.metric("reveille_sessions")).as("sessions left").isZero();
    assertThat(reveille.metric("reveille_waiters")).as("waiters left").isZero();
    assertThat(Proc.descriptors(reveille.pid()))
        .as(() -> "descriptors: " + Proc.descriptorKinds(reveille.pid()))
        .isLessThanOrEqualTo(descriptors + SLACK);
  }
}
