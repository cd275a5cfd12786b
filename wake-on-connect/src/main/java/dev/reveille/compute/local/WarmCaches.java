package dev.reveille.compute.local;

import dev.reveille.compute.admin.AdminConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Does ahead of time what the first session of each database of a compute does: it writes the relation
 * cache's file, which every start of Postgres deletes (relcache.c, {@code RelationCacheInitFileRemove}),
 * and costs that session several times what the next ones pay. Blocking.
 */
final class WarmCaches {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String LOOK = "SELECT FROM pg_catalog.pg_class LIMIT 1";

  private WarmCaches() {
  }

  /**
   * On a prepared compute: its unnamed database, and the one from where it will be given its name.
   *
   * @return a session in the latter, for that naming
   */
  static AdminConnection warm(Path socket) throws IOException {
    try (AdminConnection unnamed = Administration.open(socket, RoleNames.UNNAMED, LIMIT)) {
      unnamed.execute(LOOK);
    }
    AdminConnection admin = Administration.open(socket, LIMIT);
    try {
      admin.execute(LOOK);
      return admin;
    } catch (IOException | RuntimeException e) {
      admin.close();
      throw e;
    }
  }
}
