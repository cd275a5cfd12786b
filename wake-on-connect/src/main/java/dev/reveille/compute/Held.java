package dev.reveille.compute;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Something with a storage that no compute runs on, and that nobody wants back. */
final class Held<T> implements Moving<T> {
  private final Hold hold = new Hold();
  private final CompletableFuture<T> report = new CompletableFuture<>();

  /** Begins it. */
  Held(Function<Hold, CompletionStage<T>> work) {
    work.apply(hold).whenComplete((made, failure) -> {
      if (failure == null) {
        report.complete(made);
      } else {
        report.completeExceptionally(Attempts.told(failure));
      }
    });
  }

  @Override
  public CompletionStage<T> report() {
    return report;
  }

  @Override
  public long moved() {
    return hold.bytes();
  }

  @Override
  public void abandon() {
    hold.want();
  }
}
