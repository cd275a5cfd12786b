package dev.reveille.proxy.relay;

import dev.reveille.proxy.cancel.CancelTarget;
import io.netty.channel.ChannelHandler;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a client and its relay: sees what the client sends before the relay does, and what
 * the compute answers after it, both in buffers as they came. What it passes on must be whole
 * protocol, in both directions. It is the last handler of the client's pipeline when the relay is
 * started behind it. Lives as long as the channel; on the event loop.
 */
public interface Interposer extends ChannelHandler {
  /** The relay is there. Before the first bytes. */
  void joined(Relay relay);

  /**
   * What a cancel request now has to do, if something of the client's is at work here; else null. See
   * {@link CancelTarget#aim}. Any thread.
   */
  @Nullable
  Supplier<CompletionStage<Boolean>> aim();

  /** Whom a cancel request of the session meets: what is at work here, else what the relay has in flight. */
  default CancelTarget before(Relay relay) {
    return () -> {
      Supplier<CompletionStage<Boolean>> here = aim();
      return here == null ? relay.aim() : here;
    };
  }
}
