package dev.reveille.compute;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;

/** One place in a queue. */
final class Waiter implements Wake {
  final long id;
  private final LongConsumer left;
  private final CompletableFuture<WakeOutcome> outcome = new CompletableFuture<>();

  Waiter(long id, LongConsumer left) {
    this.id = id;
    this.left = left;
  }

  void answer(WakeOutcome with) {
    outcome.complete(with);
  }

  @Override
  public CompletionStage<WakeOutcome> outcome() {
    return outcome.minimalCompletionStage();
  }

  @Override
  public void abandon() {
    left.accept(id);
  }
}
