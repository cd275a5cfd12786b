package dev.reveille.compute;

import dev.reveille.cell.Route;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the roles of ended credentials from running computes. Nobody waits for it. */
final class RoleSweep {
  /** When those who waited for a start have been served. */
  static final Duration AFTER_START = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(RoleSweep.class);

  /** Until it is known who may tell, nothing has ended. */
  private volatile LiveCredentials live = (database, role) -> CompletableFuture
      .completedFuture(false);

  void follow(LiveCredentials latest) {
    live = latest;
  }

  /**
   * Any thread; does not block.
   *
   * @param compute none if the database sleeps: then there is nothing to do
   * @param thorough whether the compute itself is asked for its roles
   */
  void run(ComputeProvider provider, Route route, @Nullable RunningCompute compute,
      boolean thorough) {
    if (compute == null) {
      return;
    }
    provider.roles(route, compute, thorough)
        .thenCompose(roles -> ended(route, roles))
        .thenCompose(ended -> ended.isEmpty()
            ? CompletableFuture.completedFuture(null)
            : provider.endRoles(route, compute, ended))
        .exceptionally(failure -> {
          LOG.debug("roles not ended database={} reason={}", route.database(), failure.toString());
          return null;
        });
  }

  private CompletionStage<Set<String>> ended(Route route, Set<String> roles) {
    Set<String> ended = ConcurrentHashMap.newKeySet();
    CompletableFuture<?>[] asked = roles.stream()
        .map(role -> live.ended(route.database(), role)
            .exceptionally(unknown -> false)
            .thenAccept(over -> {
              if (over) {
                ended.add(role);
              }
            })
            .toCompletableFuture())
        .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(asked).thenApply(all -> ended);
  }
}
