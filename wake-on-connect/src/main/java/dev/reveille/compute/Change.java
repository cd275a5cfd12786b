package dev.reveille.compute;

import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.Route;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Something that is to be done with the storage of a database, and its answer.
 *
 * @param beside whether it can be done next to a running compute; otherwise that is stopped
 * @param force whether sessions are ended for it; otherwise they are reason enough to refuse
 * @param patient whether sessions are given time to go before it is refused
 * @param reason what such sessions are told
 * @param recall takes it back, as long as it has not begun
 */
record Change<T>(boolean beside, boolean force, boolean patient, EndReason reason, Work<T> work,
    Recall recall, Attempts attempts,
    CompletableFuture<T> answer) {
  /** The database whose quiesced work runs on this thread. */
  private static final ScopedValue<DatabaseId> QUIESCED = ScopedValue.newInstance();

  /** Does not block. */
  interface Work<T> {
    /**
     * Begins it.
     *
     * @param running the compute, if there is one; it goes on
     */
    CompletionStage<T> begin(Optional<RunningCompute> running, Hold hold);
  }

  /** Of a storage that nobody uses; refused at once if somebody does. */
  static <T> Change<T> atRest(Work<T> work) {
    return new Change<>(false, false, false, EndReason.SUSPENDED, work, Recall.current(),
        new Attempts(false), new CompletableFuture<>());
  }

  /** @param copies whether it takes long while nothing runs, and then gives way to wakes */
  static Change<CloneReport> clone(boolean copies, Work<CloneReport> work) {
    return new Change<>(true, false, false, EndReason.SUSPENDED, work, Recall.current(),
        new Attempts(copies),
        new CompletableFuture<>());
  }

  /** Runs the work on a virtual thread. */
  static Change<Route> quiesced(DatabaseId database, EndReason reason, boolean force,
      Callable<Route> work) {
    return new Change<>(false, force, true, reason, (running, hold) -> {
      CompletableFuture<Route> done = new CompletableFuture<>();
      Thread.ofVirtual().name("reveille-quiesced").start(() -> {
        try {
          done.complete(ScopedValue.where(QUIESCED, database).call(work::call));
        } catch (Throwable e) {
          done.completeExceptionally(e);
        }
      });
      return done;
    }, Recall.current(), new Attempts(false), new CompletableFuture<>());
  }

  /** Whether this thread does quiesced work of the database: then nothing else has its storage. */
  static boolean inside(DatabaseId database) {
    return QUIESCED.isBound() && QUIESCED.get().equals(database);
  }

  /** Begins it, with this hold of the storage. */
  CompletionStage<T> begin(Optional<RunningCompute> running, Hold hold) {
    attempts.began(hold);
    try {
      return work.begin(running, hold);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  void tell(T result) {
    answer.complete(result);
  }

  void refuse(Throwable why) {
    answer.completeExceptionally(why);
  }
}
