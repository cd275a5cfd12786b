package dev.reveille.compute.machine;

import dev.reveille.compute.EndReason;
import dev.reveille.compute.SuspendOutcome;
import java.time.Duration;

/** What the driver has to do after a step, in this order. */
public sealed interface ComputeAction {
  /** Start the compute, with a waiter's leave; ends in {@code Started} or {@code StartFailed}. */
  record Start() implements ComputeAction {}

  record AnswerReady(Waiters waiters, long epoch, boolean cold) implements ComputeAction {
    public AnswerReady {
      waiters = waiters.withoutLeave();
    }
  }

  record AnswerTooMany(long waiter, int limit) implements ComputeAction {}

  record AnswerBackingOff(long waiter, Duration retryAfter, String reason)
      implements
        ComputeAction {}

  record AnswerFailed(Waiters waiters, String reason) implements ComputeAction {
    public AnswerFailed {
      waiters = waiters.withoutLeave();
    }
  }

  record AnswerDropped(Waiters waiters) implements ComputeAction {
    public AnswerDropped {
      waiters = waiters.withoutLeave();
    }
  }

  /** None of those who wait may start it. */
  record AnswerNotAllowed(Waiters waiters) implements ComputeAction {
    public AnswerNotAllowed {
      waiters = waiters.withoutLeave();
    }
  }

  /** Ask every attached session; ends in {@code AllHeld} or {@code HoldRefused}. */
  record AskToHold(long ticket) implements ComputeAction {}

  /** Let the sessions go on. */
  record Release() implements ComputeAction {}

  /** End every attached session. */
  record End(EndReason reason) implements ComputeAction {}

  /** Stop the compute cleanly; ends in {@code Stopped}. */
  record Stop() implements ComputeAction {}

  /** Tell everyone who asked for a suspend or a stop. */
  record AnswerSuspend(SuspendOutcome outcome) implements ComputeAction {}

  /** Carry out the change that was asked for; ends in {@code Changed}. */
  record Change() implements ComputeAction {}

  /** Give up the change that is under way, or its hold of the storage; it still ends in {@code Changed}. */
  record GiveUpChange() implements ComputeAction {}

  /** Delete the storage, and tell everyone who asked for it. */
  record DeleteStorage() implements ComputeAction {}
}
