package dev.reveille.compute.local;

import dev.reveille.compute.PreparedStorage;
import dev.reveille.compute.RunningCompute;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

import static dev.reveille.compute.local.LocalCell.await;
import static dev.reveille.compute.local.LocalCell.sql;

/** Prints how long a local compute takes on this machine: medians and 90th percentiles. */
final class ComputeTimes {
  private static final int ROUNDS = 25;

  private ComputeTimes() {
  }

  /** Something to be timed. */
  private interface Timed {
    void run() throws IOException;
  }

  public static void main(String[] arguments) throws Exception {
    try (LocalCell cell = LocalCell.create(settings -> settings.withPool(2, 4))) {
      create(cell);
      wake(cell);
    }
  }

  private static void create(LocalCell cell) throws IOException {
    long[] running = new long[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      while (cell.provider().prepared().running() < 2 || cell.provider().prepared().copies() < 4) {
        LockSupport.parkNanos(5_000_000);
      }
      LockSupport.parkNanos(100_000_000);
      RunningCompute[] made = new RunningCompute[1];
      running[i] = nanos(() -> {
        PreparedStorage taken = await(cell.provider().takePrepared());
        made[0] = await(cell.provider()
            .name(taken, LocalCell.route("shop", taken.storage()),
                LocalCell.ddl()));
        sql(made[0], "a_ddl", "shop", "SELECT 1");
      });
      await(made[0].stop());
    }
    print("create from a running one, to the first row", running);
  }

  private static void wake(LocalCell cell) throws IOException {
    LocalCell.Named database = cell.create("woken");
    long[] start = new long[ROUNDS];
    long[] row = new long[ROUNDS];
    long[] stop = new long[ROUNDS];
    RunningCompute[] compute = {database.compute()};
    for (int i = 0; i < ROUNDS; i++) {
      stop[i] = nanos(() -> await(compute[0].stop()));
      LockSupport.parkNanos(100_000_000);
      start[i] = nanos(() -> compute[0] = await(cell.provider().start(database.route())));
      row[i] = start[i] + nanos(() -> {
        await(cell.provider().login(database.route(), compute[0], LocalCell.ddl()));
        sql(compute[0], "a_ddl", "woken", "SELECT 1");
      });
    }
    await(compute[0].stop());
    print("start, to ready", start);
    print("start, to the first row", row);
    print("stop", stop);
  }

  private static long nanos(Timed work) throws IOException {
    long begin = System.nanoTime();
    work.run();
    return System.nanoTime() - begin;
  }

  private static void print(String what, long[] times) {
    List<Double> sorted = Arrays.stream(times).sorted().mapToObj(n -> n / 1e6).toList();
    System.out.printf(Locale.ROOT, "%-45s p50 %6.1f ms  p90 %6.1f ms  min %6.1f ms%n", what,
        sorted.get(ROUNDS / 2), sorted.get(ROUNDS * 9 / 10), sorted.getFirst());
  }
}
