package dev.reveille.compute.local;

import dev.reveille.compute.RunningCompute;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

import static dev.reveille.compute.local.LocalCell.sql;

/** Asks a database whether it holds a beginning of what {@link WritingClients} wrote, whole. */
final class Witness {
  private static final String STRUCTURE = """
      SELECT 'heap ' || c.relname || ' ' || v.msg FROM pg_class c,
        LATERAL verify_heapam(c.oid, skip => 'none') v WHERE c.relkind IN ('r', 't', 'm')
      UNION ALL
      SELECT 'index ' || bt_index_check(c.oid, true)::text FROM pg_class c JOIN pg_am a
        ON a.oid = c.relam WHERE a.amname = 'btree' AND c.relkind = 'i'
        AND c.relpersistence <> 't' AND bt_index_check(c.oid, true)::text <> ''""";

  private static final String HISTORY = """
      SELECT w, coalesce(max(n), 0), count(n) FROM generate_series(0, :last) w
        LEFT JOIN entries e ON e.writer = w GROUP BY w ORDER BY w""";

  private static final String CAUSES = """
      SELECT max(seen[1]), max(seen[2]) FROM entries""";

  private Witness() {
  }

  /**
   * What is wrong with it; nothing if all is well.
   *
   * @param least of each writer: what must be there
   * @param most of each writer: what can be there
   */
  static List<String> complaints(RunningCompute compute, String database, long[] least,
      long[] most) {
    List<String> wrong = new ArrayList<>();
    try {
      admin(compute, database, "CREATE EXTENSION IF NOT EXISTS amcheck");
      for (List<@Nullable String> row : admin(compute, database, STRUCTURE)) {
        wrong.add(String.valueOf(row.getFirst()));
      }
      long[] last = new long[WritingClients.WRITERS];
      for (List<@Nullable String> row : admin(compute, database,
          HISTORY.replace(":last", Integer.toString(WritingClients.WRITERS - 1)))) {
        int writer = number(row.get(0));
        last[writer] = Long.parseLong(String.valueOf(row.get(1)));
        long count = Long.parseLong(String.valueOf(row.get(2)));
        if (last[writer] != count) {
          wrong.add("writer " + writer + " has a gap: " + count + " of " + last[writer]);
        }
        if (last[writer] < least[writer] || last[writer] > most[writer]) {
          wrong.add("writer " + writer + " ends at " + last[writer] + ", not within "
              + least[writer] + ".." + most[writer]);
        }
      }
      List<@Nullable String> causes = admin(compute, database, CAUSES).getFirst();
      for (int writer = 0; writer < WritingClients.WRITERS; writer++) {
        if (causes.get(writer) != null
            && Long.parseLong(String.valueOf(causes.get(writer))) > last[writer]) {
          wrong.add("a commit is there, and one of writer " + writer + " before it is not");
        }
      }
      String sum = String.valueOf(admin(compute, database,
          "SELECT sum(balance) || ' ' || count(*) FROM accounts").getFirst().getFirst());
      if (!sum.equals("0 " + WritingClients.ACCOUNTS)) {
        wrong.add("half a transaction: " + sum);
      }
    } catch (IOException | RuntimeException e) {
      wrong.add(e.toString());
    }
    return wrong;
  }

  private static int number(@Nullable String text) {
    return Integer.parseInt(String.valueOf(text));
  }

  private static List<List<@Nullable String>> admin(RunningCompute compute, String database,
      String query) throws IOException {
    return sql(compute, RoleNames.ADMIN, database, query);
  }

  /** A percentile of durations, in milliseconds. */
  static double percentile(List<Duration> of, double part) {
    List<Duration> sorted = of.stream().sorted().toList();
    int at = (int) Math.min(sorted.size() - 1, Math.floor(part * sorted.size()));
    return sorted.get(at).toNanos() / 1e6;
  }

}
