package dev.reveille.compute;

import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.Route;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Something that is to be done with the storage of a database, and its answer.
 *
 * @param beside whether it can be done next to a running compute; otherwise that is stopped
 * @param force whether sessions are ended for it; otherwise they are reason enough to refuse
 * @param patient whether sessions are given time to go before it is refused
 * @param reason what such sessions are told
 * @param work given the running compute if there is one; does not block
 * @param recall takes it back, as long as it has not begun
 */
record Change<T>(boolean beside, boolean force, boolean patient, EndReason reason,
    Function<Optional<RunningCompute>, CompletionStage<T>> work, Recall recall,
    CompletableFuture<T> answer) {
  /** The database whose quiesced work runs on this thread. */
  private static final ScopedValue<DatabaseId> QUIESCED = ScopedValue.newInstance();

  static Change<CloneReport> clone(
      Function<Optional<RunningCompute>, CompletionStage<CloneReport>> work, Recall recall) {
    return new Change<>(true, false, false, EndReason.SUSPENDED, work, recall,
        new CompletableFuture<>());
  }

  /** Of a storage that nobody uses; refused at once if somebody does. */
  static <T> Change<T> atRest(Function<Optional<RunningCompute>, CompletionStage<T>> work) {
    return new Change<>(false, false, false, EndReason.SUSPENDED, work, Recall.current(),
        new CompletableFuture<>());
  }

  /** Runs the work on a virtual thread. */
  static Change<Route> quiesced(DatabaseId database, EndReason reason, boolean force,
      Callable<Route> work) {
    return new Change<>(false, force, true, reason, running -> {
      CompletableFuture<Route> done = new CompletableFuture<>();
      Thread.ofVirtual().name("reveille-quiesced").start(() -> {
        try {
          done.complete(ScopedValue.where(QUIESCED, database).call(work::call));
        } catch (Throwable e) {
          done.completeExceptionally(e);
        }
      });
      return done;
    }, Recall.current(), new CompletableFuture<>());
  }

  /** Whether this thread does quiesced work of the database: then nothing else has its storage. */
  static boolean inside(DatabaseId database) {
    return QUIESCED.isBound() && QUIESCED.get().equals(database);
  }

  /** What happens afterwards: the caller is told, after {@code ended} has heard of it. */
  interface Ended {
    void accept(Optional<Route> route, Runnable tell);
  }

  /** Begins it; {@code ended} hears of its end on any thread. */
  void begin(Optional<RunningCompute> running, Ended ended) {
    CompletionStage<T> stage;
    try {
      stage = work.apply(running);
    } catch (RuntimeException e) {
      stage = CompletableFuture.failedFuture(e);
    }
    stage.whenComplete((result, failure) -> ended.accept(
        result instanceof Route route ? Optional.of(route) : Optional.empty(),
        failure == null ? () -> answer.complete(result) : () -> refuse(failure)));
  }

  void refuse(Throwable why) {
    answer.completeExceptionally(why);
  }
}
