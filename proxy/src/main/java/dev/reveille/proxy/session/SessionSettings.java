package dev.reveille.proxy.session;

import java.time.Duration;

/**
 * What an operator may turn about sessions.
 *
 * @param loginTimeout from the accepted connection to the proof of the secret; as Postgres'
 *     {@code authentication_timeout}
 * @param refusalStep a login that failed is answered this long after its proof began, or a multiple
 *     of it, so that nobody can measure what was found out; one that succeeds is not held up
 * @param wakeDeadline from the proof to ReadyForQuery: the wake, the queue for a place on the
 *     compute and every attempt to connect share it
 * @param slowNotice a client that waits longer than this after its proof is told so in a NOTICE
 * @param retryFirst pause before the second attempt to connect; doubles up to {@code retryMost}
 * @param retryMost longest pause between two attempts to connect
 * @param plaintextAllowed whether a session may go without TLS
 * @param waitingBytes most bytes that a client may send ahead while it waits; past it the proxy
 *     stops reading
 * @param unproven how many clients of one address are heard at a time before they have proved
 *     anything; more of them wait unread
 * @param warnBefore how long before a database expires its clients are told so
 * @param maxSessions most client connections at once; one more is refused with 53300
 */
public record SessionSettings(Duration loginTimeout, Duration refusalStep, Duration wakeDeadline,
    Duration slowNotice, Duration retryFirst, Duration retryMost, boolean plaintextAllowed,
    int waitingBytes, int unproven, Duration warnBefore, int maxSessions) {

  public static final SessionSettings DEFAULTS = new SessionSettings(Duration.ofSeconds(60),
      Duration.ofMillis(100), Duration.ofSeconds(60), Duration.ofSeconds(1),
      Duration.ofMillis(10), Duration.ofMillis(500), false, 64 * 1024, 64, 10_000);

  /** Warning for an hour. */
  public SessionSettings(Duration loginTimeout, Duration refusalStep, Duration wakeDeadline,
      Duration slowNotice, Duration retryFirst, Duration retryMost, boolean plaintextAllowed,
      int waitingBytes, int unproven, int maxSessions) {
    this(loginTimeout, refusalStep, wakeDeadline, slowNotice, retryFirst, retryMost,
        plaintextAllowed, waitingBytes, unproven, Duration.ofHours(1), maxSessions);
  }

  public SessionSettings {
    positive("loginTimeout", loginTimeout);
    positive("refusalStep", refusalStep);
    positive("wakeDeadline", wakeDeadline);
    positive("slowNotice", slowNotice);
    positive("retryFirst", retryFirst);
    positive("retryMost", retryMost);
    if (waitingBytes < 1 || unproven < 1 || maxSessions < 1) {
      throw new IllegalArgumentException("limits of sessions must be positive");
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be longer than nothing");
    }
  }
}
