package dev.reveille.compute;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other, each on the thread of one of those who bring them: whoever finds the
 * lane empty runs until it is empty again. So no lock is held while a task tells others, and a task
 * may bring further tasks. Tasks must be short.
 */
final class SerialLane {
  private static final Logger LOG = LoggerFactory.getLogger(SerialLane.class);

  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  void run(Runnable task) {
    tasks.add(task);
    if (waiting.getAndIncrement() != 0) {
      return;
    }
    do {
      Runnable next = tasks.poll();
      try {
        if (next != null) {
          next.run();
        }
      } catch (RuntimeException e) {
        LOG.error("compute supervision failed", e);
      }
    } while (waiting.decrementAndGet() != 0);
  }
}
