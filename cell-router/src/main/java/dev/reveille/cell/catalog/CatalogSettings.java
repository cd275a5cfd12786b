package dev.reveille.cell.catalog;

import java.time.Duration;
import java.util.Optional;

/**
 * How to reach the catalog.
 *
 * @param url {@code postgresql://user:secret@host:port/database?options} as libpq takes it, or the
 *     same with {@code jdbc:} before it. It must be a direct connection, not a transaction pooler,
 *     because the directory listens on it
 * @param user overrides the user in the URL
 * @param password overrides the secret in the URL
 * @param poolSize most connections at a time, besides one that listens; at least 2. Default 8
 * @param connectTimeout longest wait for a connection, from the pool or from the network; at least
 *     250 ms. Default 2 s
 * @param queryTimeout longest run of one statement; at least 250 ms. Default 3 s
 */
public record CatalogSettings(
    String url,
    Optional<String> user,
    Optional<String> password,
    int poolSize,
    Duration connectTimeout,
    Duration queryTimeout) {
  private static final Duration SHORTEST = Duration.ofMillis(250);

  public CatalogSettings {
    if (poolSize < 2) {
      throw new IllegalArgumentException("the catalog's pool has at least 2 connections");
    }
    if (connectTimeout.compareTo(SHORTEST) < 0 || queryTimeout.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException("the catalog's timeouts are at least 250 ms");
    }
  }

  /** All defaults, for the catalog at {@code url}. */
  public static CatalogSettings of(String url) {
    return new CatalogSettings(
        url, Optional.empty(), Optional.empty(), 8, Duration.ofSeconds(2), Duration.ofSeconds(3));
  }

  /** The same, with other timeouts. */
  public CatalogSettings withTimeouts(Duration connect, Duration query) {
    return new CatalogSettings(url, user, password, poolSize, connect, query);
  }

  /** The same, with this user and secret rather than those of the URL. */
  public CatalogSettings withLogin(String user, String password) {
    return new CatalogSettings(url, Optional.of(user), Optional.of(password), poolSize,
        connectTimeout, queryTimeout);
  }

  /** Leaves out the URL and the secret: the URL may hold one. */
  @Override
  public String toString() {
    return "CatalogSettings[poolSize=" + poolSize + ", connectTimeout=" + connectTimeout
        + ", queryTimeout=" + queryTimeout + "]";
  }
}
