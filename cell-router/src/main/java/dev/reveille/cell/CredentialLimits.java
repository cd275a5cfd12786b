package dev.reveille.cell;

import java.time.Duration;

/**
 * What one credential may use. There is no value for "unlimited": each is positive.
 *
 * @param connections sessions at one time, over all databases and proxies
 * @param connectsPerMinute sessions begun in a minute
 * @param wakesPerHour computes started in an hour; a connect to one that runs costs none
 * @param requestTime from the first byte of a request to its ReadyForQuery
 * @param idleTime without a request, in a transaction or not
 * @param sessionTime from the proof to the end, whatever goes on
 * @param sessionBytesOut bytes of frames of every kind sent to the client in one session
 * @param dailyBytesOut the same, over all sessions of a day of UTC
 * @param frameBytes the greatest length word of a message from the client
 */
public record CredentialLimits(int connections, int connectsPerMinute, int wakesPerHour,
    Duration requestTime, Duration idleTime, Duration sessionTime, long sessionBytesOut,
    long dailyBytesOut, int frameBytes) {
  private static final long GIB = 1L << 30;

  /** For work of an hour: an agent's task. */
  public static final CredentialLimits AGENT = new CredentialLimits(20, 600, 60,
      Duration.ofMinutes(10), Duration.ofHours(1), Duration.ofHours(24), GIB, 4 * GIB, 64 << 20);

  /** For an application's pool. */
  public static final CredentialLimits APP = new CredentialLimits(1000, 60_000, 3600,
      Duration.ofHours(24), Duration.ofDays(7), Duration.ofDays(90), GIB << 10, GIB << 12,
      0x3fff_fffe + 4);

  public CredentialLimits {
    if (connections < 1 || connectsPerMinute < 1 || wakesPerHour < 1 || sessionBytesOut < 1
        || dailyBytesOut < 1 || frameBytes < 1) {
      throw new IllegalArgumentException("every limit of a credential is at least 1");
    }
    requirePositive(requestTime);
    requirePositive(idleTime);
    requirePositive(sessionTime);
  }

  /** Whether no limit is above that of {@code wider}. */
  public boolean within(CredentialLimits wider) {
    return intersection(wider).equals(this);
  }

  /** The lower of each. */
  public CredentialLimits intersection(CredentialLimits other) {
    return new CredentialLimits(Math.min(connections, other.connections),
        Math.min(connectsPerMinute, other.connectsPerMinute),
        Math.min(wakesPerHour, other.wakesPerHour), shorter(requestTime, other.requestTime),
        shorter(idleTime, other.idleTime), shorter(sessionTime, other.sessionTime),
        Math.min(sessionBytesOut, other.sessionBytesOut),
        Math.min(dailyBytesOut, other.dailyBytesOut), Math.min(frameBytes, other.frameBytes));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private static void requirePositive(Duration time) {
    if (time.isZero() || time.isNegative() || time.toMillis() < 1) {
      throw new IllegalArgumentException("every time of a credential is at least 1 ms");
    }
  }
}
