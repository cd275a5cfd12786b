package dev.reveille.chaos.drivers.hibernate;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.reveille.chaos.harness.ConnectionString;
import jakarta.persistence.PersistenceConfiguration;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * The application as it is deployed: a pool, and on it Hibernate with what its users would set. It has
 * no word about Reveille. Thread safe; closing it closes every connection.
 */
final class Shop implements AutoCloseable {
  static final int AT_ONCE = 8;

  final HikariDataSource pool;
  final SessionFactory sessions;

  /** Connects, and has Hibernate compare its mapping with the tables that are there. */
  Shop(ConnectionString url) {
    pool = pool(url);
    try {
      sessions = new HibernatePersistenceConfiguration("shop").managedClasses(Customer.class,
          Product.class, Order.class, OrderItem.class)
          .property("hibernate.connection.datasource", pool)
          .property(PersistenceConfiguration.SCHEMAGEN_DATABASE_ACTION, "validate")
          .property("hibernate.physical_naming_strategy", "org.hibernate.boot.model.naming"
              + ".PhysicalNamingStrategySnakeCaseImpl")
          .property("hibernate.jdbc.batch_size", 50)
          .property("hibernate.order_inserts", true)
          .createEntityManagerFactory();
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  /** A pool as the connection string asks for it. */
  static HikariDataSource pool(ConnectionString url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:postgresql://" + url.host() + ":" + url.port() + "/" + url.database());
    config.setUsername(url.user());
    config.setPassword(url.secret());
    url.parameters().forEach(config::addDataSourceProperty);
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    config.setMaximumPoolSize(AT_ONCE);
    config.setMinimumIdle(1);
    return new HikariDataSource(config);
  }

  /** Flyway's migrations up to a version, or all of them. */
  static MigrateResult migrate(ConnectionString url, String target) {
    try (HikariDataSource pool = pool(url)) {
      return Flyway.configure()
          .dataSource(pool)
          .locations("classpath:drivers/hibernate_shop")
          .target(target)
          // Its lock in a transaction would keep CREATE INDEX CONCURRENTLY waiting for itself.
          .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
          .load()
          .migrate();
    }
  }

  <T> T query(String sql, Class<T> type) {
    return sessions.fromTransaction(
        session -> session.createNativeQuery(sql, type).getSingleResult());
  }

  int execute(String sql) {
    return sessions.fromTransaction(
        session -> session.createNativeMutationQuery(sql).executeUpdate());
  }

  int execute(Session session, String sql) {
    return session.createNativeMutationQuery(sql).executeUpdate();
  }

  /** The work with a connection of pgjdbc's own, committed. */
  <T> T onConnection(ConnectionWork<T> work) throws Exception {
    try (Connection connection = pool.getConnection()) {
      return work.with(connection);
    }
  }

  interface ConnectionWork<T> {
    T with(Connection connection) throws Exception;
  }

  /** The SQLSTATE with which the work was refused, or what happened instead. */
  static String refusal(ThrowingCallable work) {
    Throwable first = catchThrowable(work);
    for (Throwable e = first; e != null; e = e.getCause()) {
      if (e instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState();
      }
    }
    return String.valueOf(first);
  }

  @Override
  public void close() {
    sessions.close();
    pool.close();
  }
}
