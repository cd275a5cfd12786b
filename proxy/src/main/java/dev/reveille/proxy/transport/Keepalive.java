package dev.reveille.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.time.Duration;
import jdk.net.ExtendedSocketOptions;

/**
 * How long a peer that has vanished may go unnoticed, on either leg. With the system's defaults it is two hours when
 * idle and a quarter of an hour with unacknowledged data.
 *
 * @param idle silence before the first probe, whole seconds
 * @param interval time between probes, whole seconds
 * @param probes unanswered probes before the connection is dead
 * @param userTimeout longest time that sent data may stay unacknowledged (TCP_USER_TIMEOUT; epoll only)
 */
public record Keepalive(Duration idle, Duration interval, int probes, Duration userTimeout) {
  /** A vanished peer is noticed after 60 s when idle and after 30 s when there was something to say to it. */
  public static final Keepalive DEFAULT = new Keepalive(Duration.ofSeconds(30),
      Duration.ofSeconds(10), 3,
      Duration.ofSeconds(30));

  /** Refuses what the kernel would. */
  public Keepalive {
    if (idle.toSeconds() < 1 || interval.toSeconds() < 1 || probes < 1
        || userTimeout.isNegative()) {
      throw new IllegalArgumentException(
          "keepalive times must be at least one second and probes at least one");
    }
  }

  /** Sets this and TCP_NODELAY on a TCP channel of either transport; does nothing to a Unix socket. */
  public void tune(Channel channel) {
    switch (channel) {
      case EpollSocketChannel tcp -> tcp.config()
          .setTcpNoDelay(true)
          .setKeepAlive(true)
          .setTcpKeepIdle(Math.toIntExact(idle.toSeconds()))
          .setTcpKeepIntvl(Math.toIntExact(interval.toSeconds()))
          .setTcpKeepCnt(probes)
          .setTcpUserTimeout(Math.toIntExact(userTimeout.toMillis()));
      case NioSocketChannel tcp -> {
        tcp.config().setTcpNoDelay(true).setKeepAlive(true);
        tcp.config()
            .setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE),
                Math.toIntExact(idle.toSeconds()));
        tcp.config()
            .setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL),
                Math.toIntExact(interval.toSeconds()));
        tcp.config().setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), probes);
      }
      default -> {
        // A Unix socket's peer cannot vanish without the kernel knowing.
      }
    }
  }
}
