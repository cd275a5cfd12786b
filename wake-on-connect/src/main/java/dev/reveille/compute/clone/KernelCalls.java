package dev.reveille.compute.clone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Work that keeps its thread in the kernel, on platform threads of its own: there it would hold a
 * virtual thread's carrier, of which there are no more than processors.
 */
final class KernelCalls {
  private static final ExecutorService THREADS = Executors.newCachedThreadPool(
      Thread.ofPlatform().daemon().name("reveille-clone-", 0).factory());

  /** One call, which is waited for whatever happens. */
  interface Call {
    void make() throws IOException;
  }

  /** Work that ends early when it is interrupted. */
  interface Work {
    void run() throws IOException, InterruptedException;
  }

  private KernelCalls() {
  }

  static void make(Call call) throws IOException {
    try {
      CompletableFuture.runAsync(() -> {
        try {
          call.make();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }, THREADS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException io && io.getCause() != null) {
        throw new IOException(io.getCause().getMessage(), io);
      }
      throw e;
    }
  }

  /** Whoever is interrupted while waiting interrupts the work. */
  static void run(Work work) throws IOException, InterruptedException {
    Future<Boolean> running = THREADS.submit(() -> {
      work.run();
      return true;
    });
    try {
      running.get();
    } catch (InterruptedException e) {
      running.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw new IOException(io.getMessage(), io);
        case InterruptedException interrupted -> throw interrupted;
        case RuntimeException failure -> throw failure;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }
}
