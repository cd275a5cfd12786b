package dev.reveille.compute;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A way for whoever asked for something to take that back. Where what was asked waits, or can be
 * stopped and taken away again, it fails with {@link RecalledException}; what cannot be stopped any
 * more goes on to its end, and its outcome is the true one.
 *
 * <p>What is begun within {@link #during} looks at it; work that was handed to another thread is begun
 * already, and looks at none. Safe for any thread.
 */
public final class Recall {
  private static final ScopedValue<Recall> CURRENT = ScopedValue.newInstance();
  private static final Recall NEVER = new Recall();

  private final CompletableFuture<Void> asked = new CompletableFuture<>();

  /** The one under which this thread works; one that nobody knows if there is none. */
  public static Recall current() {
    return CURRENT.orElse(NEVER);
  }

  /** Does something that may be taken back. */
  public <T> T during(Supplier<T> work) {
    return ScopedValue.where(CURRENT, this).call(work::get);
  }

  /** Takes back what was asked. Harmless when repeated. */
  public void ask() {
    if (this != NEVER) {
      asked.complete(null);
    }
  }

  public boolean isAsked() {
    return asked.isDone();
  }

  /** The stage's outcome, or {@link RecalledException} as soon as that comes first. */
  public <T> CompletionStage<T> orRecalled(CompletionStage<T> stage) {
    CompletableFuture<T> either = stage.toCompletableFuture().copy();
    if (this != NEVER) {
      asked.thenRun(() -> either.completeExceptionally(new RecalledException()));
    }
    return either;
  }

  /** Runs this when it is asked, on any thread; at once if it was asked before. */
  public void whenAsked(Runnable task) {
    if (this != NEVER) {
      asked.thenRun(task);
    }
  }
}
