package dev.reveille.proxy.relay;

import java.time.Duration;

/**
 * What the messages of one session may be and use. Each limit is there, and positive.
 *
 * @param copyIn whether CopyInResponse and CopyBothResponse may pass
 * @param copyOut whether CopyOutResponse may pass
 * @param listen whether NotificationResponse may pass
 * @param functionCall whether FunctionCall may pass
 * @param frameBytes the greatest length word of a message from the client
 * @param bytesOut bytes of whole frames, of whatever kind, that may be sent to the client
 * @param requestTime from the first byte of a request to the ReadyForQuery that answers it
 * @param idleTime from a ReadyForQuery to the first byte of the next request
 */
public record RelayScope(boolean copyIn, boolean copyOut, boolean listen, boolean functionCall,
    int frameBytes, long bytesOut, Duration requestTime, Duration idleTime) {
  public RelayScope {
    if (frameBytes < 1 || bytesOut < 1 || !requestTime.isPositive() || !idleTime.isPositive()) {
      throw new IllegalArgumentException("every limit of a relay is positive");
    }
  }
}
