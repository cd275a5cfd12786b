package dev.reveille.compute;

import java.util.concurrent.CompletionStage;

/**
 * One waiter's place in the wake of a database. Its outcome is given exactly once, on any thread, and
 * never as an exception. A waiter that was answered {@link WakeOutcome.Ready} keeps the compute awake
 * for a short while, until it attaches its session or abandons its wake.
 */
public interface Wake {
  /** The answer. Without a deadline of its own: the session has one for its whole path. */
  CompletionStage<WakeOutcome> outcome();

  /** This waiter has left. Idempotent; an outcome that has not been given is then never given. */
  void abandon();
}
