package dev.reveille.compute;

import java.util.concurrent.CompletionStage;

/** A clone that is being made. */
public interface Cloning {
  /** Complete when the clone is durable; fails with {@link ComputeFailedException}, and then there is none. */
  CompletionStage<CloneReport> report();

  /**
   * Bytes copied so far for this clone, and for those of the same source that it waits for. Grows while
   * something happens, and means nothing else: a clone may need none, or copy some of them twice.
   */
  long moved();

  /** Nobody wants it any more: {@link #report} fails soon, or says that this came too late. Idempotent. */
  void abandon();

  /** One that ended before it began. */
  static Cloning of(CompletionStage<CloneReport> report) {
    return new Cloning() {
      @Override
      public CompletionStage<CloneReport> report() {
        return report;
      }

      @Override
      public long moved() {
        return 0;
      }

      @Override
      public void abandon() {
        // It has ended.
      }
    };
  }
}
