package dev.reveille.cell.catalog;

import dev.reveille.cell.CatalogReader.Subscriber;
import dev.reveille.cell.CatalogReader.Subscription;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for changes on a connection and a virtual thread of its own. A connection that is lost, or
 * that no longer answers though it looks open, is made again, after a wait that doubles from 100 ms to
 * 5 s and is spread by chance. Notifications sent meanwhile are lost: {@link Subscriber#connected}
 * tells so. {@link #close} cuts the connection and waits for the thread.
 */
final class ChangeSubscription implements Subscription {
  private static final Logger LOG = LoggerFactory.getLogger(ChangeSubscription.class);
  private static final Duration SHORTEST_WAIT = Duration.ofMillis(100);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
  private static final int PROBE_EVERY_MS = 5_000;

  private final CatalogSource source;
  private final Duration queryTimeout;
  private final Subscriber subscriber;
  private final RandomGenerator chance;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Connection listening;

  ChangeSubscription(CatalogSource source, Duration queryTimeout, Subscriber subscriber,
      RandomGenerator chance) {
    this.source = source;
    this.queryTimeout = queryTimeout;
    this.subscriber = subscriber;
    this.chance = chance;
    this.thread = Thread.ofVirtual().name("catalog-listener").unstarted(this::run);
  }

  ChangeSubscription start() {
    thread.start();
    return this;
  }

  Thread thread() {
    return thread;
  }

  private void run() {
    Duration wait = SHORTEST_WAIT;
    do {
      long before = System.nanoTime();
      try {
        listen();
      } catch (SQLException e) {
        if (!isClosed()) {
          LOG.atDebug()
              .addKeyValue("place", source.place())
              .addKeyValue("reason", SqlFailures.translate(e, source.place()).getMessage())
              .log("catalog listener lost its connection");
        }
      } catch (RuntimeException e) {
        LOG.error("catalog listener failed place={}", source.place(), e);
      }
      boolean lasted = System.nanoTime() - before > LONGEST_WAIT.toNanos();
      wait = lasted ? SHORTEST_WAIT : min(wait.multipliedBy(2), LONGEST_WAIT);
    } while (!closedWithin(wait));
  }

  private void listen() throws SQLException {
    try (Connection connection = source.connect(queryTimeout);
        Statement statement = connection.createStatement()) {
      listening = connection;
      if (isClosed()) {
        return;
      }
      statement.execute("listen reveille");
      subscriber.connected();
      PGConnection postgres = connection.unwrap(PGConnection.class);
      while (!isClosed()) {
        PGNotification[] notifications = postgres.getNotifications(PROBE_EVERY_MS);
        if (notifications == null || notifications.length == 0) {
          statement.execute("select 1");
          continue;
        }
        for (PGNotification notification : notifications) {
          ChangeRows.parse(notification.getParameter()).ifPresent(subscriber::changed);
        }
      }
    } finally {
      listening = null;
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  /** Waits between half of {@code wait} and all of it. */
  private boolean closedWithin(Duration wait) {
    long millis = wait.toMillis();
    try {
      return closed.await(millis / 2 + chance.nextLong(millis / 2 + 1), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return isClosed();
    }
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  @Override
  public void close() {
    closed.countDown();
    thread.interrupt();
    Connection connection = listening;
    try {
      if (connection != null) {
        connection.abort(Runnable::run);
      }
      thread.join();
    } catch (SQLException e) {
      LOG.debug("closing the catalog listener", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
