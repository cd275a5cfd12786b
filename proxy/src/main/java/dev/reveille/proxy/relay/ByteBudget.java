package dev.reveille.proxy.relay;

import dev.reveille.wire.ErrorFields;

/**
 * Bytes that several relays share, such as what a credential may take out in a day. A relay takes some ahead of its need,
 * asks again only when they are used up, and gives back what is left at its end: so a budget is asked once in many
 * kilobytes, and nothing is lost by it.
 *
 * <p>Any thread, many at once. No method blocks.
 */
public interface ByteBudget {
  /** Takes all of {@code bytes}, or nothing and answers false. */
  boolean take(long bytes);

  /** Gives back bytes that were taken and have not been sent. */
  void giveBack(long bytes);

  /** What a client is told when there is not enough left: FATAL 53400, which budget, its value, when it begins anew. */
  ErrorFields exhausted();
}
