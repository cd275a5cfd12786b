package dev.reveille.chaos.attacks;

import java.util.Arrays;
import java.util.Locale;

/**
 * The Mann-Whitney test: whether the times of one kind of attempt tend to be longer than those of another. It looks at
 * ranks alone, so outliers of a busy machine do not matter, and it needs no assumption about how times are spread.
 *
 * @param auc probability that a time of the second kind is longer than one of the first; 0.5 when nothing can be told
 * @param z how many standard deviations that is away from 0.5 if there is no difference
 */
record MannWhitney(double auc, double z) {
  /** Two-sided alpha of 1e-6: one false alarm in a million comparisons. */
  static final double CRITICAL_Z = 4.8916;
  /** The smallest effect that counts: to guess right 6 times in 10 instead of 5. */
  static final double EFFECT = 0.1;

  static MannWhitney of(long[] first, long[] second) {
    long[] sorted = first.clone();
    Arrays.sort(sorted);
    double wins = 0;
    for (long time : second) {
      int below = lowerBound(sorted, time);
      int equal = lowerBound(sorted, time + 1) - below;
      wins += below + equal / 2.0;
    }
    double n = first.length;
    double m = second.length;
    double auc = wins / (n * m);
    return new MannWhitney(auc, (auc - 0.5) / Math.sqrt((n + m + 1) / (12 * n * m)));
  }

  private static int lowerBound(long[] sorted, long value) {
    int at = Arrays.binarySearch(sorted, value);
    if (at < 0) {
      return -at - 1;
    }
    while (at > 0 && sorted[at - 1] == value) {
      at--;
    }
    return at;
  }

  /** Whether an attacker could tell the two apart: surely, and by enough to be of use. */
  boolean tellsApart() {
    return Math.abs(z) > CRITICAL_Z && Math.abs(auc - 0.5) > EFFECT;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "AUC %.3f, z %+.2f", auc, z);
  }
}
