package dev.reveille.proxy.relay;

import io.netty.channel.ChannelHandler;

/**
 * Stands between a client and its relay: sees what the client sends before the relay does, and what
 * the compute answers after it, both in buffers as they came. What it passes on must be whole
 * protocol, in both directions. It is the last handler of the client's pipeline when the relay is
 * started behind it. Lives as long as the channel; on the event loop.
 */
public interface Interposer extends ChannelHandler {
  /** The relay is there. Before the first bytes. */
  void joined(Relay relay);
}
