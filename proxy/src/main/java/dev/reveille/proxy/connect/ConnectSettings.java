package dev.reveille.proxy.connect;

import dev.reveille.proxy.transport.Keepalive;
import java.time.Duration;

/**
 * How computes are connected to.
 *
 * @param connectTimeout for the TCP or Unix connection alone, more than nothing
 * @param loginTimeout from then to ReadyForQuery, more than nothing; a session's own deadline acts by cancelling
 * @param cancelTimeout how long the delivery of one cancel request may take in all
 * @param cleartextWithoutTls whether a password may be sent to a compute in the clear over plaintext TCP
 * @param keepalive for TCP computes
 */
public record ConnectSettings(Duration connectTimeout, Duration loginTimeout,
    Duration cancelTimeout,
    boolean cleartextWithoutTls, Keepalive keepalive) {
  /** 5 s to connect, 60 s to log in, 5 s for a cancel, no cleartext. */
  public static final ConnectSettings DEFAULTS = new ConnectSettings(Duration.ofSeconds(5),
      Duration.ofSeconds(60),
      Duration.ofSeconds(5), false, Keepalive.DEFAULT);

  /** Refuses times that are no time. */
  public ConnectSettings {
    if (!connectTimeout.isPositive() || !loginTimeout.isPositive() || !cancelTimeout.isPositive()) {
      throw new IllegalArgumentException("times to connect must be longer than nothing");
    }
  }
}
