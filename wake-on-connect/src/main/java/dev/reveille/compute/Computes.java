package dev.reveille.compute;

import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.Route;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Every compute that this proxy may start, of all cells. No method blocks its caller; stages complete
 * on threads of this module, so a session hops back to its event loop. One wake per database runs at
 * a time, however many ask, and one compute per storage.
 */
public interface Computes extends StorageOperations, AutoCloseable {
  /**
   * Makes sure that the database's compute runs. Only for callers who have proved who they are and
   * were admitted. A compute that is being suspended is waited for and started again.
   *
   * @param permit asked when a start is needed; without leave a compute that runs is still found
   */
  Wake wake(Route route, StartPermit permit);

  /** The same for an operator, who needs no leave to start it. */
  default Wake wake(Route route) {
    return wake(route, StartPermit.ALWAYS);
  }

  /**
   * Makes sure that the role exists on the compute and matches its version, and says what to log in
   * with. Fails exceptionally if the compute could not be asked.
   */
  CompletionStage<Login> login(Route route, ComputeEndpoint endpoint, LoginRole role);

  /**
   * A connection to this endpoint failed. If its compute has really gone, the next wake starts another;
   * an endpoint of an earlier epoch is ignored.
   */
  void forget(ComputeEndpoint endpoint);

  /**
   * From now on the roles of ended credentials are taken from computes, in the background: now from
   * those that run, where this process knows the roles, and a moment after each start from the one
   * that was started. To be called again whenever a credential may have ended. Wakes nothing.
   */
  void endRoles(LiveCredentials live);

  /** A session holds a compute connection from now until the handle is closed (idempotent). */
  AutoCloseable attach(DatabaseId database, AttachedSession session);

  /** Stops the compute cleanly if every attached session is at rest. */
  CompletionStage<SuspendOutcome> suspend(DatabaseId database);

  /** Ends the sessions, stops the compute and deletes the storage. Idempotent. */
  CompletionStage<Void> drop(Route route);

  /** A storage ready to be named, from the cell's pool; waits for one if the pool is empty. */
  CompletionStage<PreparedStorage> takePrepared(CellId cell);

  /**
   * Gives a prepared storage the route's name and its first role; the database is awake afterwards.
   * May be repeated after a crash. The route's storage must be the prepared one.
   */
  CompletionStage<Void> name(PreparedStorage prepared, Route route, LoginRole role);

  /** Deletes a storage that was taken and will not be named. */
  CompletionStage<Void> discard(PreparedStorage prepared);

  /** What is known of each database that has been awake since the start. */
  List<ComputeStatus> statuses();

  /** Finds and stops what an earlier life left running. To be awaited before the first wake. */
  CompletionStage<Void> recover();

  /** Graceful stop: no more wakes, sessions are ended, every compute is stopped cleanly. */
  CompletionStage<Void> suspendAll();

  /** {@link #suspendAll} and wait for it; then releases threads. */
  @Override
  void close();
}
