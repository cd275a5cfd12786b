package dev.reveille.compute;

/** How a suspend ended. */
public sealed interface SuspendOutcome {
  /** The compute was stopped cleanly; no process of it is left. */
  record Suspended() implements SuspendOutcome {}

  /** There was nothing to stop. */
  record AlreadyAsleep() implements SuspendOutcome {}

  /** A session was not at rest, or someone connected meanwhile: the compute stays awake. */
  record Busy(String reason) implements SuspendOutcome {}

  /** This kind of compute always runs. */
  record AlwaysAwake() implements SuspendOutcome {}
}
