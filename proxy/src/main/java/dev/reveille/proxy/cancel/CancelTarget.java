package dev.reveille.proxy.cancel;

import java.util.concurrent.CompletionStage;

/** Something that runs queries and can be asked to cancel one. */
public interface CancelTarget {
  /**
   * Cancels the query that is in flight when this is called, never a later one. Any thread.
   *
   * @return whether a request was delivered; never fails
   */
  CompletionStage<Boolean> cancelQuery();
}
