package dev.reveille.chaos.harness;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that write numbered rows and remember which were acknowledged.
 *
 * <p>
 * Each writer has a thread and a connection of its own, commits one row at a time and never uses a
 * number twice, so a row that is there twice was run twice by somebody else. A failure means that the
 * outcome of one number is unknown; the writer connects again and goes on with the next. Every second
 * row is written in a transaction of two statements. Start, stop and check from one thread.
 */
public final class WritingLoad implements AutoCloseable {
  private record Row(int writer, long number) {}

  private static final AtomicInteger WRITERS = new AtomicInteger();

  private final ConnectionString url;
  private final int firstWriter;
  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Set<Row> acknowledged = ConcurrentHashMap.newKeySet();
  private final Set<Row> attempted = ConcurrentHashMap.newKeySet();
  private final Queue<SQLException> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger acks = new AtomicInteger();

  private WritingLoad(ConnectionString url, int writers) {
    this.url = url;
    this.firstWriter = WRITERS.getAndAdd(writers);
  }

  /** Makes the table where it is missing, and starts that many writers. */
  public static WritingLoad start(ConnectionString url, int writers) throws SQLException {
    prepare(url);
    WritingLoad load = new WritingLoad(url, writers);
    for (int i = 0; i < writers; i++) {
      int writer = load.firstWriter + i;
      load.threads.add(Thread.ofPlatform().name("writer-" + i).start(() -> load.write(writer)));
    }
    return load;
  }

  /** Makes the table, over a connection that works. */
  public static void prepare(ConnectionString url) throws SQLException {
    try (Connection connection = url.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("create table if not exists load_row (writer int, number bigint)");
    }
  }

  /** Waits until that many more rows have been acknowledged. */
  public void awaitMore(int rows) {
    int goal = acks.get() + rows;
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(
            () -> assertThat(acks.get()).as(() -> "failures: " + failures).isGreaterThan(goal));
  }

  /** Waits until some writer has been told of a failure since the given number of them. */
  public void awaitFailure(int since) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(10))
        .untilAsserted(() -> assertThat(failures.size()).isGreaterThan(since));
  }

  public int acknowledgedRows() {
    return acks.get();
  }

  /** What the writers were told, in order. */
  public List<SQLException> failures() {
    return List.copyOf(failures);
  }

  /** Stops the writers, each at the end of the row that it is writing. */
  public void stop() {
    stopping.countDown();
    threads.forEach(thread -> {
      try {
        thread.join(Duration.ofSeconds(45));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      assertThat(thread.isAlive()).as("%s hangs", thread.getName()).isFalse();
    });
  }

  @Override
  public void close() {
    stopping.countDown();
    threads.forEach(Thread::interrupt);
    stop();
  }

  /** Every acknowledged row is there, once; nothing is there that was not written. */
  public void assertNothingLostOrRepeated(ConnectionString check) throws SQLException {
    Set<Row> stored = new HashSet<>();
    List<Row> twice = new ArrayList<>();
    try (Connection connection = check.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement
            .executeQuery("select writer, number from load_row where writer >= "
                + firstWriter + " and writer < " + (firstWriter + threads.size()))) {
      while (rows.next()) {
        Row row = new Row(rows.getInt(1), rows.getLong(2));
        if (!stored.add(row)) {
          twice.add(row);
        }
      }
    }
    Set<Row> lost = new HashSet<>(acknowledged);
    lost.removeAll(stored);
    Set<Row> invented = new HashSet<>(stored);
    invented.removeAll(attempted);
    assertThat(Map.of("lost", lost, "twice", twice, "invented", invented))
        .allSatisfy((kind, rows) -> assertThat(rows).as(kind).isEmpty());
  }

  private void write(int writer) {
    long number = 0;
    while (stopping.getCount() > 0) {
      try (Connection connection = url.connect();
          PreparedStatement insert = connection
              .prepareStatement("insert into load_row values (?, ?)")) {
        while (stopping.getCount() > 0) {
          number++;
          write(connection, insert, new Row(writer, number));
        }
      } catch (SQLException e) {
        failures.add(e);
        if (pause()) {
          return;
        }
      }
    }
  }

  /** Does not hammer on a closed door; true when it is time to stop. */
  private boolean pause() {
    try {
      return stopping.await(20, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  private void write(Connection connection, PreparedStatement insert, Row row)
      throws SQLException {
    attempted.add(row);
    boolean transaction = row.number % 2 == 0;
    if (transaction) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("select count(*) from pg_class");
      }
    }
    insert.setInt(1, row.writer);
    insert.setLong(2, row.number);
    insert.executeUpdate();
    if (transaction) {
      connection.commit();
      connection.setAutoCommit(true);
    }
    acknowledged.add(row);
    acks.incrementAndGet();
  }
}
