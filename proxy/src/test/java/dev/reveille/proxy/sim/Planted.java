package dev.reveille.proxy.sim;

/** A bug that is planted around the machines, to show that the invariants see it. */
enum Planted {
  /** The machines as they are. */
  NOTHING,
  /** Now and then one of several waiters is forgotten when the compute is ready. */
  A_WAITER_IS_DROPPED,
  /** The compute is woken as soon as the credential is found. */
  A_WAKE_BEFORE_THE_PROOF,
  /** Who asks during a suspend is sent to the compute that is being stopped. */
  A_SUSPEND_IN_PROGRESS_IS_IGNORED,
  /** A compute is started for a credential that has no wakes left. */
  A_START_WITHOUT_LEAVE
}
