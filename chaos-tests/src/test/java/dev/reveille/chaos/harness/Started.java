package dev.reveille.chaos.harness;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a test class has started; closed in reverse order, each even if another cannot be. */
@SuppressWarnings("try") // closing is for the end of a class of tests, which no try encloses
public final class Started implements AutoCloseable {
  private final Deque<AutoCloseable> running = new ArrayDeque<>();

  public <T extends AutoCloseable> T add(T started) {
    running.push(started);
    return started;
  }

  @Override
  public void close() throws Exception {
    if (running.isEmpty()) {
      return;
    }
    AutoCloseable last = running.pop();
    try {
      last.close();
    } finally {
      close();
    }
  }
}
