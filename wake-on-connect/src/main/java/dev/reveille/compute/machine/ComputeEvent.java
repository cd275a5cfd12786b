package dev.reveille.compute.machine;

import dev.reveille.compute.EndReason;

/** What can happen to a compute. {@code now} is on the clock of {@link System#nanoTime}. */
public sealed interface ComputeEvent {
  /**
   * Somebody who was admitted wants it awake.
   *
   * @param mayStart whether it may be started for this waiter; asked only where a start may be
   *     needed, see {@link ComputeMachine#mayNeedStart}
   */
  record WakeRequested(long waiter, boolean mayStart, long now) implements ComputeEvent {
    /** With leave to start. */
    public WakeRequested(long waiter, long now) {
      this(waiter, true, now);
    }
  }

  /** That waiter is not interested any more. */
  record WaiterLeft(long waiter) implements ComputeEvent {}

  /** A prepared compute is being given this database's name; it ends like a start. */
  record NamingBegan() implements ComputeEvent {}

  /** The start or naming succeeded. */
  record Started(long epoch, long now) implements ComputeEvent {}

  /** The start or naming failed. */
  record StartFailed(String reason, long now) implements ComputeEvent {}

  /** It has been idle, or an operator asks. {@code ticket} names this attempt. */
  record SuspendRequested(long ticket) implements ComputeEvent {}

  /** Every session holds still. */
  record AllHeld(long ticket) implements ComputeEvent {}

  /** A session was not at rest, or did not answer, or has just come. */
  record HoldRefused(long ticket) implements ComputeEvent {}

  /** The proxy is stopping. */
  record StopRequested() implements ComputeEvent {}

  /** No process of the compute is left. */
  record Stopped() implements ComputeEvent {}

  /** The compute of this epoch has gone by itself. */
  record Lost(long epoch, String reason, long now) implements ComputeEvent {}

  /**
   * What is behind the database is to be changed while nothing runs: another name, another storage, or
   * a clone of it. Never while something is under way: the driver waits for that to end.
   *
   * @param givesWay whether it is given up for whoever may start the compute; not if one is stopped
   *     for it
   */
  record ChangeRequested(EndReason reason, boolean givesWay) implements ComputeEvent {
    /** One that is waited for. */
    public ChangeRequested(EndReason reason) {
      this(reason, false);
    }
  }

  /** The change has ended, well or not. */
  record Changed() implements ComputeEvent {}

  /** The database is to be deleted. */
  record DropRequested() implements ComputeEvent {}
}
