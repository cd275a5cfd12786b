package dev.reveille.compute.local;

import dev.reveille.compute.RunningCompute;
import dev.reveille.compute.admin.AdminConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writers of one database that remember what was acknowledged. Each transaction adds the writer's next
 * number, with the numbers of all writers that had been acknowledged before it was sent, and moves an
 * amount between two accounts: so a database can be asked whether it holds a beginning of the history
 * and nothing torn. See {@link Witness}.
 */
final class WritingClients implements AutoCloseable {
  static final int WRITERS = 2;
  static final int ACCOUNTS = 50;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path socket;
  private final String database;
  private final AtomicLongArray acknowledged = new AtomicLongArray(WRITERS);
  private final AtomicLongArray sent = new AtomicLongArray(WRITERS);
  private final AtomicLong longestStall = new AtomicLong();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  WritingClients(RunningCompute compute, String database, long seed) throws IOException {
    this.socket = NamedCompute.socket(compute);
    this.database = database;
    try (AdminConnection setUp = open()) {
      setUp.execute("CREATE TABLE entries (writer int, n bigint, seen bigint[], pad text,"
          + " PRIMARY KEY (writer, n))");
      setUp.execute("CREATE INDEX ON entries (pad)");
      setUp.execute("CREATE TABLE accounts AS SELECT i AS id, 0::bigint AS balance FROM"
          + " generate_series(0, " + (ACCOUNTS - 1) + ") i");
      setUp.execute("ALTER TABLE accounts ADD PRIMARY KEY (id)");
    }
    for (int writer = 0; writer < WRITERS; writer++) {
      int me = writer;
      SplittableRandom random = new SplittableRandom(seed + me);
      threads.add(Thread.ofPlatform().start(() -> write(me, random)));
    }
  }

  private AdminConnection open() throws IOException {
    return AdminConnection.open(socket, "a_ddl", database, LIMIT);
  }

  private void write(int me, SplittableRandom random) {
    try (AdminConnection connection = open()) {
      for (long n = 1; !stopped; n++) {
        List<String> seen = new ArrayList<>();
        for (long each : snapshot(acknowledged)) {
          seen.add(Long.toString(each));
        }
        int from = random.nextInt(ACCOUNTS - 1);
        int to = from + 1 + random.nextInt(ACCOUNTS - from - 1); // in order: no deadlock
        sent.set(me, n);
        long began = System.nanoTime();
        connection.execute("INSERT INTO entries VALUES (" + me + ", " + n + ", '{"
            + String.join(",", seen) + "}', md5('" + random.nextLong() + "') || repeat('x', "
            + random.nextInt(200) + "));UPDATE accounts SET balance = balance - 1 WHERE id = "
            + from + ";UPDATE accounts SET balance = balance + 1 WHERE id = " + to);
        long took = System.nanoTime() - began;
        acknowledged.set(me, n);
        longestStall.accumulateAndGet(took, Math::max);
      }
    } catch (IOException | RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }

  private static long[] snapshot(AtomicLongArray numbers) {
    long[] copy = new long[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
      copy[i] = numbers.get(i);
    }
    return copy;
  }

  /** The highest number of each writer that was committed for certain. */
  long[] acknowledged() {
    check();
    return snapshot(acknowledged);
  }

  /** The highest number of each writer that can have been committed. */
  long[] sent() {
    return snapshot(sent);
  }

  /** The longest that one transaction has taken since this was asked last. */
  Duration longestStall() {
    return Duration.ofNanos(longestStall.getAndSet(0));
  }

  /** Waits for so many further commits. */
  void awaitCommits(long count) {
    long wanted = total() + count;
    while (total() < wanted) {
      check();
      LockSupport.parkNanos(200_000);
    }
  }

  private long total() {
    long total = 0;
    for (long each : snapshot(acknowledged)) {
      total += each;
    }
    return total;
  }

  private void check() {
    Exception e = failure.get();
    if (e != null) {
      throw new AssertionError("a writer failed", e);
    }
  }

  /** Lets everything that was sent be answered. */
  void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.join();
    }
    check();
  }

  @Override
  public void close() {
    stopped = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
