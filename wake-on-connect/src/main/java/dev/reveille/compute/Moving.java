package dev.reveille.compute;

import java.util.concurrent.CompletionStage;

/** Something that is being done with a storage and takes as long as its bytes do: a clone, an archive. */
public interface Moving<T> {
  /** Complete when it is durable; fails with {@link ComputeFailedException}, and then it was not done. */
  CompletionStage<T> report();

  /**
   * Bytes moved so far for this, and for what it waits for at the same storage. Grows while something
   * happens, and means nothing else: a clone may need none, or copy some of them twice.
   */
  long moved();

  /** Nobody wants it any more: {@link #report} fails soon, or says that this came too late. Idempotent. */
  void abandon();

  /** One that ended before it began. */
  static <T> Moving<T> of(CompletionStage<T> report) {
    return new Moving<>() {
      @Override
      public CompletionStage<T> report() {
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
