package dev.reveille.compute;

/** Why a session is told to end, or to let its compute connection go. */
public enum EndReason {
  /** The database goes to sleep. */
  SUSPENDED,
  /** The database is made what it was at a checkpoint; it can be woken again. */
  RESTORED,
  /** The database has expired and is archived. */
  EXPIRED,
  /** The database was dropped. */
  DROPPED,
  /** The proxy is stopping. */
  STOPPING,
  /** The compute's process has gone. The session's connection is dead or about to be. */
  COMPUTE_LOST
}
