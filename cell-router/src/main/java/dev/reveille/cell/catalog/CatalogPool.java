package dev.reveille.cell.catalog;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.reveille.cell.CatalogUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lends pooled connections to short work, and makes sure of the schema before the first. Nothing is
 * opened when this is made, so a proxy can start while the catalog is gone. Safe from any thread; each
 * call blocks for at most the connect timeout plus the time of its statements.
 */
final class CatalogPool implements AutoCloseable {

  /** Work on a connection that is lent for its duration. */
  @FunctionalInterface
  interface Work<T extends @Nullable Object> {
    T on(Connection connection) throws SQLException;
  }

  private final CatalogSettings settings;
  private final CatalogSource source;
  private final CatalogSchema schema;
  private final Semaphore trying = new Semaphore(1);
  private volatile HikariDataSource pool;
  private volatile boolean away;
  private volatile boolean closed;
  private final ReentrantLock migrating = new ReentrantLock();
  private volatile boolean upToDate;

  CatalogPool(CatalogSettings settings, CatalogSource source, int oldestPostgres) {
    this.settings = settings;
    this.source = source;
    this.schema = new CatalogSchema(source, oldestPostgres);
    this.pool = open();
  }

  private HikariDataSource open() {
    HikariConfig config = new HikariConfig();
    config.setPoolName("catalog");
    config.setDataSource(source.pooled());
    config.setMaximumPoolSize(settings.poolSize());
    // Connections are made for those who wait and for nobody else.
    config.setMinimumIdle(0);
    config.setInitializationFailTimeout(-1);
    config.setConnectionTimeout(settings.connectTimeout().toMillis());
    config.setValidationTimeout(Math.max(250, settings.connectTimeout().toMillis() / 2));
    config.setIdleTimeout(TimeUnit.MINUTES.toMillis(5));
    return new HikariDataSource(config);
  }

  /** Reads; done again on a fresh connection when the lent one turns out to be dead. */
  <T extends @Nullable Object> T read(Work<T> work) {
    try {
      return lend(work);
    } catch (SQLException first) {
      if (!SqlFailures.connectionLost(first)) {
        throw SqlFailures.translate(first, source.place());
      }
      pool.getHikariPoolMXBean().softEvictConnections();
      return write(work);
    }
  }

  /** Writes, in one statement; never done twice. */
  <T extends @Nullable Object> T write(Work<T> work) {
    try {
      return lend(work);
    } catch (SQLException e) {
      throw SqlFailures.translate(e, source.place());
    }
  }

  /** Writes in several statements, all or nothing; never done twice. */
  <T extends @Nullable Object> T transact(Work<T> work) {
    return write(connection -> {
      connection.setAutoCommit(false);
      T result = work.on(connection);
      connection.commit();
      return result;
    });
  }

  /** Reads several things as of one moment. */
  <T extends @Nullable Object> T snapshot(Work<T> work) {
    return read(connection -> {
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setAutoCommit(false);
      T result = work.on(connection);
      connection.commit();
      return result;
    });
  }

  /** Connections that are lent out at this moment. */
  int lent() {
    return pool.getHikariPoolMXBean().getActiveConnections();
  }

  private <T extends @Nullable Object> T lend(Work<T> work) throws SQLException {
    if (away && trying.tryAcquire()) {
      try {
        startAfresh();
      } finally {
        trying.release();
      }
    }
    try (Connection connection = taken()) {
      if (!upToDate) {
        bringUpToDate(connection);
      }
      return work.on(connection);
    }
  }

  private Connection taken() throws SQLException {
    try {
      return pool.getConnection();
    } catch (SQLTransientConnectionException e) {
      away = true;
      throw e;
    }
  }

  /**
   * A pool whose server was away waits longer and longer before it looks again, up to five seconds, and
   * keeps all who ask waiting meanwhile. So somebody looks for it, and a pool that knows of nothing
   * takes its place.
   */
  private void startAfresh() throws SQLException {
    source.connect(settings.queryTimeout()).close();
    HikariDataSource old = pool;
    pool = open();
    away = false;
    old.close();
    if (closed) {
      pool.close();
    }
  }

  private void bringUpToDate(Connection connection) throws SQLException {
    try {
      if (!migrating.tryLock(settings.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new CatalogUnavailableException(
            "the schema of the catalog at " + source.place() + " is being brought up to date",
            null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CatalogUnavailableException("interrupted while waiting for the catalog", e);
    }
    try {
      if (!upToDate) {
        schema.bringUpToDate(connection);
        upToDate = true;
      }
    } finally {
      migrating.unlock();
    }
  }

  @Override
  public void close() {
    closed = true;
    pool.close();
  }
}
