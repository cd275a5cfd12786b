package dev.reveille.proxy.cancel;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Something that runs queries and can be asked to cancel one. */
public interface CancelTarget {
  /**
   * Takes aim at the query that is in flight now. What is returned cancels that query, never a later one, however late it
   * is called; it tells whether a request was delivered, and never fails. Any thread.
   */
  Supplier<CompletionStage<Boolean>> aim();
}
