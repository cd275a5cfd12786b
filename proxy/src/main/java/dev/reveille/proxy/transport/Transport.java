package dev.reveille.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;

/**
 * The kernel interface that a whole process uses for its sockets: a small table of factories. Channels of one
 * transport run only on event loops of the same one.
 */
@SuppressWarnings("ImmutableEnumChecker") // factories without state, whose types do not say so
public enum Transport {
  /** Linux epoll, through netty's native library. */
  EPOLL(EpollIoHandler::newFactory, EpollServerSocketChannel::new, EpollSocketChannel::new,
      EpollDomainSocketChannel::new),

  /** The JDK's selector: everywhere, a little slower, without TCP_USER_TIMEOUT. */
  NIO(NioIoHandler::newFactory, NioServerSocketChannel::new, NioSocketChannel::new,
      NioDomainSocketChannel::new);

  private final Supplier<IoHandlerFactory> ioHandlers;
  private final ChannelFactory<ServerChannel> tcpListener;
  private final ChannelFactory<Channel> tcpClient;
  private final ChannelFactory<Channel> unixClient;

  Transport(Supplier<IoHandlerFactory> ioHandlers, ChannelFactory<ServerChannel> tcpListener,
      ChannelFactory<Channel> tcpClient,
      ChannelFactory<Channel> unixClient) {
    this.ioHandlers = ioHandlers;
    this.tcpListener = tcpListener;
    this.tcpClient = tcpClient;
    this.unixClient = unixClient;
  }

  /** Epoll where its native library loads, otherwise NIO. */
  public static Transport best() {
    return Epoll.isAvailable() ? EPOLL : NIO;
  }

  /** A group of {@code threads} event loops; whoever asks for it shuts it down. */
  public EventLoopGroup eventLoops(int threads, ThreadFactory threadFactory) {
    return new MultiThreadIoEventLoopGroup(threads, threadFactory, ioHandlers.get());
  }

  /** Makes listening TCP sockets. */
  public ChannelFactory<ServerChannel> tcpListener() {
    return tcpListener;
  }

  /** Makes connecting TCP sockets. */
  public ChannelFactory<Channel> tcpClient() {
    return tcpClient;
  }

  /** Makes connecting Unix-domain stream sockets, to be connected to {@link #unixAddress}. */
  public ChannelFactory<Channel> unixClient() {
    return unixClient;
  }

  /** A Unix socket's address in the type that this transport's channels want. */
  public SocketAddress unixAddress(Path socket) {
    return switch (this) {
      case EPOLL -> new DomainSocketAddress(socket.toFile());
      case NIO -> UnixDomainSocketAddress.of(socket);
    };
  }
}
