package dev.reveille.compute;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** How often one change was begun and gave way. Confined to its database's lane. */
final class Attempts {
  /** A database whose start fails, or whose clients come and leave, may be cloned all the same. */
  private static final int WAYS_GIVEN = 3;

  private final boolean copies;
  private int given;
  private boolean abandoned;
  private @Nullable Hold hold;

  /** @param copies whether it gives way to wakes at all */
  Attempts(boolean copies) {
    this.copies = copies;
  }

  /** Whether it is given up for a wake; not for ever. */
  boolean giveWay() {
    return copies && given < WAYS_GIVEN;
  }

  void began(Hold latest) {
    hold = latest;
    if (abandoned) {
      latest.want();
    }
  }

  /** Gives the storage back as soon as it can. */
  void giveUp() {
    given++;
    if (hold != null) {
      hold.want();
    }
  }

  /** Nobody wants its result. */
  void abandon() {
    abandoned = true;
    giveUp();
  }

  /** Whether it ended only because it gave way, and is to be begun again. */
  boolean again(@Nullable Throwable failure) {
    return gaveWay(failure) && !abandoned;
  }

  /** What its caller is told. */
  static Throwable told(Throwable failure) {
    return gaveWay(failure) ? new ComputeFailedException("it was given up") : failure;
  }

  private static boolean gaveWay(@Nullable Throwable failure) {
    return failure instanceof Hold.GivenUpException
        || (failure instanceof CompletionException && gaveWay(failure.getCause()));
  }
}
