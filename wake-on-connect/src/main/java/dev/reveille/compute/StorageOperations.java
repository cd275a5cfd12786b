package dev.reveille.compute;

import dev.reveille.cell.CellId;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

/**
 * What can be done with storages besides running computes on them. No method blocks; stages fail with
 * {@link ComputeFailedException} unless it says otherwise. Everything that was acknowledged is on the
 * disk; what was not is gone after the next {@link Computes#recover}, or was never there. Clones, and what
 * waits for its turn, can be taken back: see {@link Recall}.
 */
public interface StorageOperations {
  /**
   * A consistent copy of the database's storage in a new storage of the same cell: all that was
   * committed before this call, and of what is committed meanwhile a beginning. A database that sleeps
   * stays asleep. Its wakes wait for a clone that takes milliseconds; a copy is given up for the first
   * of them, and taken again of the database that runs. One that is awake goes on.
   *
   * @param target must not exist
   */
  Moving<CloneReport> clone(Route source, StorageId target);

  /** The same of a storage that no compute runs on: a checkpoint's, or one that is {@link #quiesced}. */
  Moving<CloneReport> cloneStorage(CellId cell, StorageId source, StorageId target);

  /** Deletes a storage that no compute runs on. Idempotent. */
  CompletionStage<Void> deleteStorage(CellId cell, StorageId storage);

  /**
   * Puts a database to sleep and runs {@code work} on a virtual thread while every wake waits, then
   * goes on with the route that it answers: another name, another storage, archived. That route has a
   * version of its own. The waiting wakes are served afterwards, also if the work fails. The work may
   * call {@link #clone}, {@link #archive} and {@link #unarchive} for this database and wait for them,
   * on its own thread; anything else about this database would wait for itself.
   *
   * @param reason what sessions are told
   * @param force whether sessions are ended; otherwise they are given five seconds to go, and one that
   *     stays is reason enough to fail with {@link ComputeBusyException}
   * @return the work's answer, or its exception
   */
  CompletionStage<Route> quiesced(Route route, EndReason reason, boolean force,
      Callable<Route> work);

  /**
   * Compresses the storage of a database, which is put to sleep if nobody uses it; fails with
   * {@link ComputeBusyException} otherwise. Until {@link #unarchive} no compute can be started.
   * Idempotent. Answers bytes kept.
   */
  Moving<Long> archive(Route route);

  /** Brings it back. Idempotent. Answers bytes kept. */
  Moving<Long> unarchive(Route route);

  /** Every storage that the cell keeps. Walks all of their files. */
  CompletionStage<List<StoredStorage>> storages(CellId cell);

  /** Like {@link Computes#name}, but the next life of the proxy deletes the storage. */
  CompletionStage<Void> nameForThisLife(PreparedStorage prepared, Route route, LoginRole role);
}
