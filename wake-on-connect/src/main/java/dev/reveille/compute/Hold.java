package dev.reveille.compute;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;

/**
 * What one attempt at a clone has of its source, or an archive of its storage. Whoever waits for the source asks for it back; whoever
 * copies says how far it is, and when the source is needed no more. Safe for any thread.
 */
public final class Hold {
  private final CompletableFuture<Void> released = new CompletableFuture<>();
  private final LongAdder moved;
  private volatile boolean wanted;

  /** @param moved counts the bytes of this attempt, and of others that belong to it */
  Hold(LongAdder moved) {
    this.moved = moved;
  }

  /** One that nobody asks back, of a source that nobody waits for. */
  public Hold() {
    this(new LongAdder());
  }

  /** Somebody else wants the source, or nobody wants the clone any more. Idempotent. */
  void want() {
    wanted = true;
  }

  /**
   * So many bytes further; to be called often.
   *
   * @throws GivenUpException if the source is to be given back before the clone is whole
   */
  public void moved(long bytes) {
    moved.add(bytes);
    if (wanted && !released.isDone()) {
      throw new GivenUpException();
    }
  }

  /** The source is needed no more; the clone goes on to its end. Idempotent. */
  public void release() {
    released.complete(null);
  }

  CompletionStage<Void> released() {
    return released;
  }

  long bytes() {
    return moved.sum();
  }

  /** What gave its source back. Not a failure: a clone is taken again, or nobody wants it. */
  public static final class GivenUpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    GivenUpException() {
      super("it was given up", null, false, false);
    }
  }
}
