package dev.reveille.proxy.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody probably meant: the candidate with the smallest edit distance. */
final class Nearest {
  private Nearest() {
  }

  /** The candidate closest to {@code written}, unless even that one is a different word. */
  static Optional<String> to(String written, Collection<String> candidates) {
    int tolerance = Math.max(2, written.length() / 2);
    return candidates.stream()
        .min(Comparator.<String>comparingInt(c -> distance(written, c))
            .thenComparing(Comparator.naturalOrder()))
        .filter(c -> distance(written, c) <= tolerance);
  }

  /** {@code ; did you mean "x"?}, or which candidates there are. */
  static String hint(String written, Collection<String> candidates) {
    return to(written, candidates).map(near -> "; did you mean \"" + near + "\"?")
        .orElseGet(() -> "; known here: " + String.join(", ", candidates));
  }

  /** Insertions, deletions, changes and swaps of neighbours. */
  private static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        cost[i][j] = Math.min(cost[i - 1][j - 1] + (same ? 0 : 1),
            Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
        if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
