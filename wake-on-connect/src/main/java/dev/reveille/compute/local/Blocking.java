package dev.reveille.compute.local;

import dev.reveille.compute.ComputeFailedException;
import dev.reveille.compute.admin.SqlFailedException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Runs blocking work and tells of its end as a stage that fails with a text safe to show. */
final class Blocking {
  /** Work that may fail as files, processes and waits do. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException, InterruptedException;
  }

  /** Work without a result. */
  @FunctionalInterface
  interface Task {
    void run() throws IOException, InterruptedException;
  }

  private Blocking() {
  }

  static CompletionStage<Void> run(Executor executor, Task task) {
    return Blocking.<Boolean>supply(executor, () -> {
      task.run();
      return true;
    }).thenAccept(done -> {
    });
  }

  static <T> CompletionStage<T> supply(Executor executor, Work<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      executor.execute(() -> {
        try {
          result.complete(work.run());
        } catch (SqlFailedException e) {
          result.completeExceptionally(
              new ComputeFailedException("the compute refused its set-up with " + e.sqlState(), e));
        } catch (IOException e) {
          result.completeExceptionally(
              new ComputeFailedException("the compute could not be set up", e));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          result.completeExceptionally(new ComputeFailedException("the proxy is stopping", e));
        } catch (RuntimeException e) {
          result.completeExceptionally(e);
        }
      });
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(new ComputeFailedException("the proxy is stopping", e));
    }
    return result;
  }
}
