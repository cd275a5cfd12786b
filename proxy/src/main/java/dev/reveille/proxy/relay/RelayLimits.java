package dev.reveille.proxy.relay;

import dev.reveille.wire.Limits;
import java.time.Duration;

/**
 * What one relay may use and how long it waits.
 *
 * @param clientFrame the greatest length word accepted from the client, see {@link Limits}
 * @param lowWater bytes queued towards a slow reader at which reading from the other side goes on
 * @param highWater bytes queued towards a slow reader at which reading from the other side stops; what one relay holds
 *        is at most this and one read, in each direction
 * @param halfCloseGrace how long a client that ended its output may wait without an answer, before it counts as
 *        gone
 * @param boundaryGrace how long {@code endClient} waits for the end of a message that is half sent
 * @param linger how long a client may take to read its last message before the connection is closed
 * @param farewell how long {@code cutClient} leaves a client that goes on reading; all of it, the grace included
 */
public record RelayLimits(int clientFrame, int lowWater, int highWater, Duration halfCloseGrace,
    Duration boundaryGrace,
    Duration linger, Duration farewell) {
  /** Frames as Postgres accepts them, 64 and 256 KiB of water, 1 s of each grace, 2 s to linger and for a farewell. */
  public static final RelayLimits DEFAULTS = new RelayLimits(Limits.MAX_FRAME, 64 * 1024,
      256 * 1024,
      Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(2));

  /** Refuses water marks in the wrong order. */
  public RelayLimits {
    if (lowWater < 1 || highWater < lowWater) {
      throw new IllegalArgumentException("the low water mark lies under the high one");
    }
  }
}
