package dev.reveille.proxy.budget;

/**
 * What a credential uses now, on all proxies, as far as this one knows.
 *
 * @param sessions live ones
 * @param connects sessions begun in the last minute
 * @param wakes computes started in the last hour
 * @param bytesOut bytes sent to clients on this day of UTC
 */
public record Use(int sessions, int connects, int wakes, long bytesOut) {
  /** A credential that was not heard of lately. */
  public static final Use NOTHING = new Use(0, 0, 0, 0);
}
