package dev.reveille.compute.machine;

/**
 * What is true of one database's compute. Each state holds exactly what matters in it; times are on
 * the clock of {@link System#nanoTime}.
 */
public sealed interface ComputeState {
  /** What happens once a start or a stop that is under way has ended. */
  enum Then {
    /** Whatever the waiters want. */
    SERVE,
    /** Suspend again, unless someone waits. */
    SUSPEND,
    /** What is behind the database is changed while nothing runs. Only after a stop. */
    CHANGE,
    /** The proxy is stopping: nothing starts any more. */
    STOP,
    /** The storage is deleted. */
    DROP
  }

  /** No compute, as far as we know. {@code failures} in a row so far. */
  record Asleep(int failures) implements ComputeState {}

  /** A start is under way; {@code naming}: it is a prepared compute that is given its name. */
  record Starting(Waiters waiters, int failures, boolean naming, Then then)
      implements
        ComputeState {}

  /** The compute of this epoch takes connections since {@code since}. */
  record Awake(long epoch, long since, int failures) implements ComputeState {}

  /** Every attached session is asked to hold still; nothing is lost yet. */
  record Holding(Awake awake, long ticket, Waiters waiters) implements ComputeState {}

  /** The compute is being stopped. Who comes now waits, and is served by the next one. */
  record Stopping(Waiters waiters, Then then) implements ComputeState {}

  /**
   * Nothing runs, and what is behind the database is being changed. Who comes now waits.
   *
   * @param givesWay whether the change is given up for the first who may start the compute; not any
   *     more once that was asked of it
   */
  record Changing(Waiters waiters, Then then, boolean givesWay) implements ComputeState {}

  /** It kept failing, and is not tried again before {@code until}. */
  record BackingOff(long until, int failures, String reason) implements ComputeState {}

  /** The database is no more. Final. */
  record Dropped() implements ComputeState {}

  /** The state of a database that was never looked at. */
  ComputeState INITIAL = new Asleep(0);
}
