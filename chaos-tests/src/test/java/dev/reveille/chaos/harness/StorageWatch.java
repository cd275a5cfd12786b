package dev.reveille.chaos.harness;

import java.nio.file.Path;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Looks at the machine's processes every few milliseconds for two postmasters on one storage, the
 * worst that this project could do. Closing it asserts that none was seen.
 */
public final class StorageWatch implements AutoCloseable {
  private final Queue<String> seen = new ConcurrentLinkedQueue<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private StorageWatch() {
  }

  public static StorageWatch start() {
    StorageWatch watch = new StorageWatch();
    Thread.ofPlatform().name("storage-watch").daemon(true).start(watch::look);
    return watch;
  }

  private void look() {
    try {
      while (!closed.await(20, TimeUnit.MILLISECONDS)) {
        Proc.postmasters().forEach(this::judge);
      }
    } catch (InterruptedException e) {
      seen.add("the watch itself was interrupted");
    }
  }

  private void judge(Path directory, Set<Long> pids) {
    if (pids.size() > 1) {
      seen.add(directory + " " + pids);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    assertThat(seen).as("two computes on one storage").isEmpty();
  }
}
