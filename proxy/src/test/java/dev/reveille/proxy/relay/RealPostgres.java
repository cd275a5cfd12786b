package dev.reveille.proxy.relay;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;

/** One real Postgres for all tests of this JVM; it goes with the JVM. */
public final class RealPostgres {
  private static final EmbeddedPostgres SERVER = start();

  private RealPostgres() {
  }

  private static EmbeddedPostgres start() {
    try {
      return EmbeddedPostgres.builder()
          .setServerConfig("max_connections", "60")
          .setServerConfig("fsync", "off")
          .setPGStartupWait(Duration.ofSeconds(60))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static int port() {
    return SERVER.getPort();
  }

  /** A connection that does not go through anything of ours. */
  public static Connection direct() throws SQLException {
    return DriverManager.getConnection(SERVER.getJdbcUrl("postgres", "postgres"));
  }
}
