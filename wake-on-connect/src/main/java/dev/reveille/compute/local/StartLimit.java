package dev.reveille.compute.local;

import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * How many computes start at once on this machine, for all cells together: about twice the cores.
 * Waiters are served in order; background starts give way to them. For virtual threads.
 */
public final class StartLimit {
  private static final long GIVE_WAY_NANOS = 5_000_000;

  private final Semaphore permits;

  public StartLimit(int starts) {
    this.permits = new Semaphore(starts, true);
  }

  /** Twice the cores of this machine. */
  public static StartLimit ofMachine() {
    return new StartLimit(2 * Runtime.getRuntime().availableProcessors());
  }

  /** Waits for a turn; whoever got one must {@link #leave}. */
  void enter(boolean background) throws InterruptedException {
    while (background && permits.hasQueuedThreads()) {
      LockSupport.parkNanos(GIVE_WAY_NANOS);
    }
    permits.acquire();
  }

  /** Lets the next one start. */
  void leave() {
    permits.release();
  }
}
