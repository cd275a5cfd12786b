package dev.reveille.compute;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Time that passes when a test says so. */
final class ManualTimer implements ComputeTimer {
  private record Task(long at, Runnable task) {}

  private final List<Task> tasks = new ArrayList<>();
  private long now = 1_000;

  @Override
  public synchronized long nanoTime() {
    return now;
  }

  @Override
  public synchronized Pending after(Duration delay, Runnable task) {
    Task pending = new Task(now + delay.toNanos(), task);
    tasks.add(pending);
    return () -> cancel(pending);
  }

  private synchronized void cancel(Task task) {
    tasks.remove(task);
  }

  /** Runs what falls due on the way, in order. */
  void pass(Duration time) {
    long end = nanoTime() + time.toNanos();
    for (Task next = next(end); next != null; next = next(end)) {
      next.task().run();
    }
    synchronized (this) {
      now = end;
    }
  }

  private synchronized @org.jspecify.annotations.Nullable Task next(long end) {
    Task first = tasks.stream()
        .filter(t -> t.at() <= end)
        .min(Comparator.comparingLong(Task::at))
        .orElse(null);
    if (first != null) {
      tasks.remove(first);
      now = Math.max(now, first.at());
    }
    return first;
  }

  @Override
  public void close() {
  }
}
