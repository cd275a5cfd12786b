package dev.reveille.compute;

import dev.reveille.cell.Route;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One kind of compute for one cell. The caller makes sure that there is at most one start, stop or
 * deletion of a database under way. No method blocks; a stage that fails does so with
 * {@link ComputeFailedException}.
 */
public interface ComputeProvider extends AutoCloseable {
  /** Whether computes of this kind are never stopped, and so cannot be suspended or created. */
  boolean alwaysAwake();

  /** Starts the compute of the route's storage; complete when it takes connections. */
  CompletionStage<RunningCompute> start(Route route);

  /** See {@link Computes#login}. */
  CompletionStage<Login> login(Route route, RunningCompute compute, LoginRole role);

  /**
   * The roles of credentials that the compute has; none where roles are not this provider's business.
   *
   * @param thorough whether the compute is asked, or what is known of it without asking is enough
   */
  default CompletionStage<Set<String>> roles(Route route, RunningCompute compute,
      boolean thorough) {
    return CompletableFuture.completedFuture(Set.of());
  }

  /** Ends the sessions of these roles and the roles; what they own goes to the owner role. */
  default CompletionStage<Void> endRoles(Route route, RunningCompute compute, Set<String> roles) {
    return CompletableFuture.completedFuture(null);
  }

  /** See {@link Computes#takePrepared}. */
  CompletionStage<PreparedStorage> takePrepared();

  /** Names a prepared storage and answers its running compute. See {@link Computes#name}. */
  CompletionStage<RunningCompute> name(PreparedStorage prepared, Route route, LoginRole role);

  /** See {@link StorageOperations#nameForThisLife}. */
  CompletionStage<RunningCompute> nameForThisLife(PreparedStorage prepared, Route route,
      LoginRole role);

  /** See {@link Computes#discard}. */
  CompletionStage<Void> discard(PreparedStorage prepared);

  /** The storages themselves. */
  CellStorages storages();

  /** Deletes the storage of a route whose compute does not run. Idempotent. */
  CompletionStage<Void> delete(Route route);

  /** See {@link Computes#recover}. */
  CompletionStage<Void> recover();

  /** Stops the computes that have no name; the others are the caller's. Waits. */
  @Override
  void close();
}
