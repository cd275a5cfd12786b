package dev.reveille.proxy.connect;

import dev.reveille.compute.ClientCertificate;
import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeTls;
import dev.reveille.proxy.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Opens connections to computes, up to the point where protocol messages can be sent: connected, tuned, and with TLS where
 * the address asks for it. Names are resolved and certificate files read on virtual threads. Safe for any thread.
 */
final class ComputeSockets {
  private final Transport transport;
  private final ConnectSettings settings;
  private final ComputeTlsContexts tlsContexts = new ComputeTlsContexts();

  ComputeSockets(Transport transport, ConnectSettings settings) {
    this.transport = transport;
    this.settings = settings;
  }

  /**
   * Ends on {@code loop} with a channel that reads by itself and has no handlers but TLS, or fails. Cancelling it closes
   * whatever has been opened.
   */
  Future<Channel> open(EventLoop loop, ComputeAddress address,
      Optional<ClientCertificate> certificate) {
    Promise<Channel> opened = loop.newPromise();
    switch (address) {
      case ComputeAddress.UnixSocket unix -> connect(loop, transport.unixClient(),
          List.of(transport.unixAddress(unix.socket())), 0, opened, opened::trySuccess);
      case ComputeAddress.Tcp tcp -> {
        if (tcp.tls().mode() == ComputeTls.Mode.DISABLE) {
          openTcp(loop, tcp, opened, opened::trySuccess);
        } else {
          whenDone(loop, tlsContexts.context(tcp.tls(), certificate), opened,
              context -> openTcp(loop, tcp, opened,
                  channel -> TlsOpening.begin(channel, context, tcp, opened)));
        }
      }
    }
    return opened;
  }

  private interface Next<T> {
    void accept(T value);
  }

  private void openTcp(EventLoop loop, ComputeAddress.Tcp tcp, Promise<Channel> opened,
      Next<Channel> next) {
    whenDone(loop, resolve(tcp), opened,
        addresses -> connect(loop, transport.tcpClient(), addresses, 0, opened, next));
  }

  private static CompletionStage<List<InetSocketAddress>> resolve(ComputeAddress.Tcp tcp) {
    byte[] literal = NetUtil.createByteArrayFromIpAddressString(tcp.host());
    CompletableFuture<List<InetSocketAddress>> resolved = new CompletableFuture<>();
    if (literal != null) {
      try {
        InetAddress address = InetAddress.getByAddress(tcp.host(), literal);
        resolved.complete(List.of(new InetSocketAddress(address, tcp.port())));
      } catch (UnknownHostException impossible) {
        resolved.completeExceptionally(impossible);
      }
      return resolved;
    }
    Thread.startVirtualThread(() -> {
      try {
        resolved.complete(List.of(InetAddress.getAllByName(tcp.host()))
            .stream()
            .map(address -> new InetSocketAddress(address, tcp.port()))
            .toList());
      } catch (UnknownHostException e) {
        resolved.completeExceptionally(e);
      }
    });
    return resolved;
  }

  /** Tries the addresses in order, from {@code index} on. */
  private void connect(EventLoop loop, ChannelFactory<Channel> channels,
      List<? extends SocketAddress> addresses,
      int index, Promise<Channel> opened, Next<Channel> next) {
    ChannelFuture connecting = new Bootstrap().group(loop)
        .channelFactory(channels)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS,
            Math.toIntExact(settings.connectTimeout().toMillis()))
        .handler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            settings.keepalive().tune(channel);
          }
        })
        .connect(addresses.get(index));
    opened.addListener(done -> {
      if (done.isCancelled()) {
        connecting.channel().close();
      }
    });
    connecting.addListener(connected -> {
      if (opened.isDone()) {
        connecting.channel().close();
      } else if (connected.isSuccess()) {
        next.accept(connecting.channel());
      } else if (index + 1 < addresses.size()) {
        connect(loop, channels, addresses, index + 1, opened, next);
      } else {
        opened.tryFailure(connected.cause());
      }
    });
  }

  private static <T> void whenDone(EventLoop loop, CompletionStage<T> stage,
      Promise<Channel> opened, Next<T> next) {
    stage.whenComplete((value, failure) -> loop.execute(() -> {
      if (failure != null) {
        opened.tryFailure(failure);
      } else if (!opened.isDone()) {
        next.accept(value);
      }
    }));
  }
}
