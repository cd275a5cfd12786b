package dev.reveille.chaos.bench;

import java.util.ArrayList;
import java.util.List;

/** The same work through each door, in turns, so that a busy moment hits all of them. */
record Doors(Report report, List<Door> doors, int seconds) {
  private static final int ROUNDS = 3;

  void measure() throws Exception {
    List<Samples> warm = new ArrayList<>();
    for (Door door : doors) {
      warm.add(Samples.of(30, 200, () -> Rows.first(door.url())));
    }
    double base = warm.getFirst().medianMillis();
    report.section("Connect, one row, disconnect (warm)", "through", "median (p99)", "ratio");
    for (int i = 0; i < doors.size(); i++) {
      report.row(doors.get(i).name(), warm.get(i).text(),
          Report.ratio(warm.get(i).medianMillis(), base));
    }
    rates("pgbench -S, 8 clients, simple protocol", "-M", "simple");
    rates("pgbench -S, 8 clients, prepared statements", "-M", "prepared");
    rates("pgbench -S -C, 8 clients: connect, query, disconnect", "-C");
  }

  private void rates(String title, String... options) throws Exception {
    double[][] rates = new double[doors.size()][ROUNDS];
    double[][] cpu = new double[doors.size()][ROUNDS];
    for (Door door : doors) {
      Load.select(door.url(), door.pid(), Math.max(1, seconds / 3), options);
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < doors.size(); i++) {
        Door door = doors.get(i);
        Load load = Load.select(door.url(), door.pid(), Math.max(1, seconds / ROUNDS), options);
        rates[i][round] = load.perSecond();
        cpu[i][round] = load.cpuMicros();
      }
    }
    report.section(title, "through", "transactions/s", "ratio to direct",
        "proxy's processor time per transaction, µs");
    for (int i = 0; i < doors.size(); i++) {
      report.row(doors.get(i).name(), "%.0f".formatted(median(rates[i])),
          Report.ratio(median(rates[i]), median(rates[0])),
          doors.get(i).pid() == 0 ? "–" : "%.0f".formatted(median(cpu[i])));
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    java.util.Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
