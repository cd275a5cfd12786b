package dev.reveille.cell.catalog;

import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CatalogUnsupportedException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the catalog's schema up to date. Looking costs two short queries; Flyway, which costs a third
 * of a second, is only loaded when there is something to do. Any number of proxies may do this at
 * once: an advisory lock lets one work while the others wait, and they then find nothing to do. A
 * schema that is newer than this build is left alone, because migrations only add.
 */
final class CatalogSchema {
  static final int NEWEST = 10;
  static final int OLDEST_POSTGRES = 16;

  private static final Logger LOG = LoggerFactory.getLogger(CatalogSchema.class);
  private static final Duration LONGEST_MIGRATION = Duration.ofSeconds(60);
  /** "reveille" in ASCII, as one number. */
  private static final long LOCK = 0x726576656c6c65L;

  private final CatalogSource source;
  private final int oldestPostgres;

  CatalogSchema(CatalogSource source, int oldestPostgres) {
    this.source = source;
    this.oldestPostgres = oldestPostgres;
  }

  /** Checks the server, and migrates when the schema is older than this build. */
  void bringUpToDate(Connection looking) throws SQLException {
    requireSupported(looking);
    if (version(looking) >= NEWEST) {
      return;
    }
    try (Connection locking = source.connect(LONGEST_MIGRATION);
        Statement statement = locking.createStatement()) {
      statement.execute("select pg_advisory_lock(" + LOCK + ")");
      if (version(locking) < NEWEST) {
        migrate();
      }
    }
  }

  private void requireSupported(Connection connection) throws SQLException {
    if (connection.getMetaData().getDatabaseMajorVersion() < oldestPostgres) {
      throw new CatalogUnsupportedException("the catalog at " + source.place()
          + " runs PostgreSQL " + connection.getMetaData().getDatabaseProductVersion()
          + "; it must be PostgreSQL " + oldestPostgres + " or newer");
    }
  }

  /** The newest migration that has been done; 0 when there is no schema. */
  private static int version(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery(
          "select to_regclass('reveille.flyway_schema_history') is not null")) {
        rows.next();
        if (!rows.getBoolean(1)) {
          return 0;
        }
      }
      try (ResultSet rows = statement.executeQuery("select coalesce(max(version::int), 0)"
          + " from reveille.flyway_schema_history where success and version ~ '^[0-9]+$'")) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  private void migrate() {
    try {
      Flyway.configure(CatalogSchema.class.getClassLoader())
          .dataSource(source.migrating(LONGEST_MIGRATION))
          .schemas("reveille")
          .createSchemas(true)
          .locations("classpath:dev/reveille/cell/migrations")
          .validateMigrationNaming(true)
          .cleanDisabled(true)
          .load()
          .migrate();
      LOG.info("catalog schema migrated place={} version={}", source.place(), NEWEST);
    } catch (FlywayException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof SQLException sql) {
          throw SqlFailures.translate(sql, source.place());
        }
      }
      throw new CatalogException("XX000",
          "the schema of the catalog at " + source.place() + " could not be brought up to date", e);
    }
  }
}
