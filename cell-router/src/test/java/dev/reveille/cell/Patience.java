package dev.reveille.cell;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Waiting that is long enough for a busy machine; how long something takes is not tested. */
public final class Patience {
  private Patience() {
  }

  public static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(20));
  }
}
