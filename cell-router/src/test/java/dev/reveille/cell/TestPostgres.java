package dev.reveille.cell;

import dev.reveille.cell.catalog.CatalogSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One real PostgreSQL 18 for all tests of this JVM, started at first use, with a fresh database for
 * each test. Started by root it runs in a user namespace, by an ordinary user as that user.
 */
public final class TestPostgres {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private TestPostgres() {
  }

  private static volatile boolean started;

  private static final class Shared {
    static final EmbeddedPostgres SERVER = start();

    static {
      started = true;
    }
  }

  static void stop() throws IOException {
    if (started) {
      Shared.SERVER.close();
    }
  }

  private static EmbeddedPostgres start() {
    // One working directory for each user: what root has made there others cannot use.
    System.setProperty("ot.epg.working-dir",
        System.getProperty("java.io.tmpdir") + "/embedded-pg-" + System.getProperty("user.name"));
    try {
      return EmbeddedPostgres.builder()
          .setPGStartupWait(Duration.ofMinutes(2))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static int port() {
    return Shared.SERVER.getPort();
  }

  /** Makes an empty database and returns its name. */
  public static String freshDatabase() {
    String name = "catalog_" + DATABASES.incrementAndGet();
    execute("postgres", "create database " + name);
    return name;
  }

  public static String url(int port, String database) {
    return "postgresql://postgres:postgres@127.0.0.1:" + port + "/" + database;
  }

  public static CatalogSettings settings(String database) {
    return settings(port(), database);
  }

  public static CatalogSettings settings(int port, String database) {
    return CatalogSettings.of(url(port, database))
        .withTimeouts(Duration.ofSeconds(20), Duration.ofSeconds(20));
  }

  public static Connection connect(String database) {
    try {
      return DriverManager.getConnection("jdbc:" + url(port(), database).replace(
          "postgres:postgres@", "") + "?user=postgres&password=postgres");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  public static void execute(String database, String sql) {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
