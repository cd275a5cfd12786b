package dev.reveille.proxy.cancel;

/** What became of a CancelRequest. The client is told nothing, whatever it was. */
public enum CancelOutcome {
  /** Delivered to the compute that ran the query. */
  DELIVERED,
  /** A live session's key, but nothing was in flight, or not any more when it was to be delivered. */
  NOTHING_IN_FLIGHT,
  /** No session has this key. */
  UNKNOWN_KEY,
  /** Too many requests with unknown keys from this address. */
  TOO_MANY
}
