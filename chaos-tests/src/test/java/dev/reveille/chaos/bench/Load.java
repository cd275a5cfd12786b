package dev.reveille.chaos.bench;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.tools.Command;
import dev.reveille.chaos.tools.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What pgbench measured through one door.
 *
 * @param cpuMicros processor time of the process in between, for each transaction
 */
record Load(double perSecond, double cpuMicros) {
  private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");
  private static final int CLIENTS = 8;

  /** {@code pgbench -S}; {@code between} is the process whose processor time counts, or 0. */
  static Load select(ConnectionString url, long between, int seconds, String... more)
      throws IOException {
    Command bench = pgbench(url, "-n", "-S", "-c", String.valueOf(CLIENTS), "-j", "2", "-T",
        String.valueOf(seconds)).and(more);
    long before = cpuTicks(between);
    double rate = rate(bench.within(Duration.ofSeconds(seconds + 60L)).run().orThrow().out());
    double micros = (cpuTicks(between) - before) * 10_000.0;
    return new Load(rate, micros / (rate * seconds));
  }

  static void initialise(ConnectionString url) {
    pgbench(url, "-i", "-q", "-s", "10").within(Duration.ofMinutes(2)).run().orThrow();
  }

  private static Command pgbench(ConnectionString url, String... words) {
    Command command = Command.of(Tools.pgProgram("pgbench").toString())
        .and(words)
        .and("-h",
            url.host(), "-p", String.valueOf(url.port()), "-U", url.user(), url.database());
    command.with("PGPASSWORD", url.secret())
        .with("PGSSLMODE",
            url.parameters().getOrDefault("sslmode", "disable"));
    String root = url.parameters().get("sslrootcert");
    return root == null ? command : command.with("PGSSLROOTCERT", root);
  }

  private static double rate(String output) {
    Matcher matcher = RATE.matcher(output);
    if (!matcher.find()) {
      throw new IllegalStateException("pgbench said: " + output);
    }
    return Double.parseDouble(matcher.group(1));
  }

  /** User and system time in hundredths of a second (proc(5)). */
  private static long cpuTicks(long pid) throws IOException {
    if (pid == 0) {
      return 0;
    }
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
    return Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12));
  }
}
