package dev.reveille.chaos.bench;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Time for what works in the background, which users leave between one wish and the next. */
final class Pause {
  private Pause() {
  }

  static void ofMillis(long millis) {
    long end = System.nanoTime() + Duration.ofMillis(millis).toNanos();
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
