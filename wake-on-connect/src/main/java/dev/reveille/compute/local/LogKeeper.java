package dev.reveille.compute.local;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks once a second at the logs of running computes and keeps each bounded. One virtual thread. */
final class LogKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LogKeeper.class);
  private static final long STEP_NANOS = 1_000_000_000L;

  private final long limit;
  private final Set<LocalCompute> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  LogKeeper(long limit) {
    this.limit = limit;
    Thread.ofVirtual().name("reveille-compute-logs").start(this::keep);
  }

  void watch(LocalCompute compute) {
    running.add(compute);
    compute.gone().thenAccept(reason -> running.remove(compute));
  }

  private void keep() {
    while (!closed) {
      LockSupport.parkNanos(STEP_NANOS);
      for (LocalCompute compute : running) {
        try {
          LogTail.bound(compute.storage().log(), limit);
        } catch (IOException e) {
          LOG.debug("log not bounded storage={} reason={}", compute.storage().id(),
              e.getMessage());
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
