package dev.reveille.chaos.bench;

import java.util.Arrays;

/** Times in nanoseconds, sorted. */
final class Samples {
  interface Step {
    void run() throws Exception;
  }

  private final long[] nanos;

  Samples(long[] nanos) {
    this.nanos = nanos.clone();
    Arrays.sort(this.nanos);
  }

  /** Runs a step a few times unmeasured, then as often as asked, measured. */
  static Samples of(int warmUps, int times, Step step) throws Exception {
    for (int i = 0; i < warmUps; i++) {
      step.run();
    }
    long[] nanos = new long[times];
    for (int i = 0; i < times; i++) {
      long start = System.nanoTime();
      step.run();
      nanos[i] = System.nanoTime() - start;
    }
    return new Samples(nanos);
  }

  double medianMillis() {
    return percentileMillis(50);
  }

  double percentileMillis(int percent) {
    int index = Math.min(nanos.length - 1, nanos.length * percent / 100);
    return nanos[index] / 1e6;
  }

  String text() {
    return "%.1f (p99 %.1f)".formatted(medianMillis(), percentileMillis(99));
  }
}
