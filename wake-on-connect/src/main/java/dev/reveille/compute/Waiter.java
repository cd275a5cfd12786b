package dev.reveille.compute;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;

/** One place in a queue, and the leave that its holder has to start the compute. Lane only. */
final class Waiter implements Wake {
  final long id;
  final StartPermit permit;
  private final LongConsumer left;
  private boolean holdsPermit;
  private final CompletableFuture<WakeOutcome> outcome = new CompletableFuture<>();

  Waiter(long id, StartPermit permit, LongConsumer left) {
    this.id = id;
    this.permit = permit;
    this.left = left;
  }

  /** Asks for leave to start; whether there is any. */
  boolean askPermit() {
    holdsPermit = permit.take();
    return holdsPermit;
  }

  /** A start is made with this waiter's leave, if it holds any. */
  boolean spendPermit() {
    var held = holdsPermit;
    holdsPermit = false;
    return held;
  }

  /** Nothing is started for this waiter any more. */
  void returnPermit() {
    if (spendPermit()) {
      permit.giveBack();
    }
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
