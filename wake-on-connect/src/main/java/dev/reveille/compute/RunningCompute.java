package dev.reveille.compute;

import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/** One compute of one epoch, from its readiness to its end. Safe for any thread. */
public interface RunningCompute {
  ComputeEndpoint endpoint();

  /** Completes, never exceptionally, with the reason as soon as the compute has gone. */
  CompletionStage<String> gone();

  /** Whether the compute is really there, as far as can be told without connecting to it. */
  boolean present();

  /**
   * Stops it cleanly; complete when no process of it is left and its storage may be used again.
   * Idempotent.
   */
  CompletionStage<Void> stop();

  /** Its process on this machine, where there is one. */
  OptionalLong processId();
}
