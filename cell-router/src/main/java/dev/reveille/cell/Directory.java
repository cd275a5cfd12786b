package dev.reveille.cell;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * A proxy's view of the catalog, cached well enough to serve without it. Safe from any thread; no
 * method blocks. A stage may be complete on return, or complete on a virtual thread: hop to your own.
 *
 * <p>A stage fails with {@link CatalogUnavailableException} when the answer is not at hand, or is
 * older than the directory's bound on staleness, and the catalog cannot be asked. Absence is never
 * remembered: what was made a moment ago is found.
 */
public interface Directory extends AutoCloseable {

  /**
   * The credential with this name; empty when there is none. Expired and revoked ones are returned:
   * see {@link Credential#fitness}.
   */
  CompletionStage<Optional<Credential>> credential(String name);

  /** The route of a ready database of {@code account}; empty when it has none by that name. */
  CompletionStage<Optional<Route>> route(AccountId account, String databaseName);

  /**
   * Calls {@code listener} after each change, once per change, on a thread of the directory: it must
   * not block. Lookups made from then on see the change. Close the result to stop.
   */
  AutoCloseable onChange(Consumer<DirectoryChange> listener);

  /** Whether the catalog answered when it was last asked. */
  boolean catalogReachable();

  /** Stops the directory's threads and waits for them. */
  @Override
  void close();
}
