package dev.reveille.proxy.budget;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Completes after a while. */
@FunctionalInterface
public interface Pause {
  /** Holds no thread. */
  CompletionStage<Void> of(Duration time);

  /** By the system's clock. */
  static Pause system() {
    return time -> new CompletableFuture<Void>().completeOnTimeout(null, time.toMillis(),
        TimeUnit.MILLISECONDS);
  }
}
