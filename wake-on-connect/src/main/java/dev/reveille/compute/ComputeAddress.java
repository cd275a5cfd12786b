package dev.reveille.compute;

import java.nio.file.Path;

/** Where a compute listens. */
public sealed interface ComputeAddress {
  /** A Unix socket in a private directory; the path of the socket itself. */
  record UnixSocket(Path socket) implements ComputeAddress {}

  /** A TCP address, spoken to as {@code tls} says. */
  record Tcp(String host, int port, ComputeTls tls) implements ComputeAddress {
    public Tcp {
      if (host.isEmpty() || port < 1 || port > 65_535) {
        throw new IllegalArgumentException("not a TCP address: " + host + ":" + port);
      }
    }
  }
}
