package dev.reveille.compute.clone;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * One after the other, in the order of their coming: of all copies of a cell one at a time has bytes on
 * their way to the disk. So what a writer's commit may have before it in the disk's queue is one
 * turn, however many copies there are.
 */
public final class CopyTurns {
  /** Of drivers that copy nothing. */
  static final CopyTurns NONE = new CopyTurns();

  private static final long LOOK_MILLIS = 50;

  private final Semaphore turn = new Semaphore(1, true);

  /** Waits for its turn, and listens meanwhile whether it is to go on at all. */
  public void enter(Progress progress) throws InterruptedException {
    while (!turn.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      progress.moved(0);
    }
  }

  /** To be called once for each {@link #enter} that returned. */
  public void leave() {
    turn.release();
  }

  /** Roughly how many wait. */
  public int waiting() {
    return turn.getQueueLength();
  }
}
