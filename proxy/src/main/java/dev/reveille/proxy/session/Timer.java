package dev.reveille.proxy.session;

/** The clocks that may run for a session; each at most once at a time. */
public enum Timer {
  /** The client has to prove itself before this. */
  LOGIN,
  /** A failed login may be answered now. */
  REFUSAL,
  /** ReadyForQuery has to be reached before this. */
  DEADLINE,
  /** The waiting client is told that it waits. */
  NOTICE,
  /** The next attempt to connect. */
  RETRY,
  /** The next look at whether a session that is to be drained has come to rest. */
  REST,
  /** A session that has not come to rest by now is ended all the same. */
  DRAIN,
  /** The credential expires. */
  EXPIRY
}
