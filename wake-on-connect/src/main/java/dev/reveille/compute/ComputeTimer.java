package dev.reveille.compute;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Time for the supervisor: a clock, and something to be run later. Injected, so that tests own it. */
public interface ComputeTimer extends AutoCloseable {
  /** On the scale of {@link System#nanoTime}. */
  long nanoTime();

  /** Runs {@code task} once after {@code delay}; closing the handle before that cancels it. */
  Pending after(Duration delay, Runnable task);

  @Override
  void close();

  /** Something that has not happened yet. */
  @FunctionalInterface
  interface Pending extends AutoCloseable {
    @Override
    void close();
  }

  /** The real one: a single daemon thread, for short tasks. */
  static ComputeTimer system() {
    ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> Thread
        .ofPlatform()
        .name("reveille-compute-timer")
        .daemon(true)
        .unstarted(task));
    executor.setRemoveOnCancelPolicy(true);
    return new ComputeTimer() {
      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      @Override
      public Pending after(Duration delay, Runnable task) {
        ScheduledFuture<?> future = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
      }

      @Override
      public void close() {
        executor.shutdownNow();
      }
    };
  }
}
