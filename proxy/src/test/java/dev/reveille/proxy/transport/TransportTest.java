package dev.reveille.proxy.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TransportTest {
  private static final Keepalive KEEPALIVE = new Keepalive(Duration.ofSeconds(7),
      Duration.ofSeconds(3), 5,
      Duration.ofSeconds(11));

  /** What the forked JVM of the test below runs. */
  static final class WithoutNativeLibrary {
    private WithoutNativeLibrary() {
    }

    public static void main(String[] args) {
      EventLoopGroup loops = Transport.best().eventLoops(1, new DefaultThreadFactory("test", true));
      System.out
          .print(Transport.best() + " " + Transport.best().tcpListener().newChannel().isOpen());
      loops.shutdownGracefully();
    }
  }

  @Test
  void whereEpollDoesNotLoadNioServes() throws Exception {
    Process java = new ProcessBuilder(
        List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dio.netty.transport.noNative=true", "-cp", System.getProperty("java.class.path"),
            WithoutNativeLibrary.class.getName()))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    String said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said).endsWith("NIO true");
    java.waitFor();
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aVanishedPeerIsNoticedAsConfigured(Transport transport) throws Exception {
    EventLoopGroup loops = transport.eventLoops(1, new DefaultThreadFactory("test", true));
    try {
      Channel listener = listen(transport, loops, new CompletableFuture<>());
      Channel channel = new Bootstrap().group(loops)
          .channelFactory(transport.tcpClient())
          .handler(new ChannelInboundHandlerAdapter())
          .connect(listener.localAddress())
          .sync()
          .channel();
      KEEPALIVE.tune(channel);
      assertThat(channel.config().getOption(ChannelOption.TCP_NODELAY)).isTrue();
      assertThat(channel.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
      switch (transport) {
        case EPOLL -> {
          assertThat(channel.config().getOption(EpollChannelOption.TCP_KEEPIDLE)).isEqualTo(7);
          assertThat(channel.config().getOption(EpollChannelOption.TCP_KEEPINTVL)).isEqualTo(3);
          assertThat(channel.config().getOption(EpollChannelOption.TCP_KEEPCNT)).isEqualTo(5);
          assertThat(channel.config().getOption(EpollChannelOption.TCP_USER_TIMEOUT))
              .isEqualTo(11_000);
        }
        case NIO -> {
          assertThat(
              channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE)))
              .isEqualTo(7);
          assertThat(
              channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT)))
              .isEqualTo(5);
        }
      }
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  @Test
  void timesThatTheKernelWouldRefuseAreRefused() {
    assertThatThrownBy(
        () -> new Keepalive(Duration.ofMillis(500), Duration.ofSeconds(1), 1, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void lastWordsArriveAlthoughThePeerWasTalking(Transport transport) throws Exception {
    EventLoopGroup loops = transport.eventLoops(1, new DefaultThreadFactory("test", true));
    CompletableFuture<Channel> accepted = new CompletableFuture<>();
    Channel listener = listen(transport, loops, accepted);
    try (Socket peer = new Socket(InetAddress.getLoopbackAddress(),
        ((InetSocketAddress) listener.localAddress()).getPort())) {
      OutputStream out = peer.getOutputStream();
      out.write(new byte[200_000]);
      Channel channel = accepted.get();
      channel.eventLoop()
          .submit(() -> LingeringClose.close(channel,
              Unpooled.copiedBuffer("the end", StandardCharsets.US_ASCII), Duration.ofSeconds(10)))
          .get();
      out.write(new byte[200_000]);
      InputStream in = peer.getInputStream();
      assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).isEqualTo("the end");
      assertThat(channel.isOpen()).isTrue();
      peer.shutdownOutput();
      channel.closeFuture().sync();
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  @Test
  void aPeerThatNeitherReadsNorLeavesIsLeft() throws Exception {
    Transport transport = Transport.best();
    EventLoopGroup loops = transport.eventLoops(1, new DefaultThreadFactory("test", true));
    CompletableFuture<Channel> accepted = new CompletableFuture<>();
    Channel listener = listen(transport, loops, accepted);
    try (Socket peer = new Socket(InetAddress.getLoopbackAddress(),
        ((InetSocketAddress) listener.localAddress()).getPort())) {
      assertThat(peer.isConnected()).isTrue();
      Channel channel = accepted.get();
      channel.eventLoop()
          .submit(
              () -> LingeringClose.close(channel,
                  Unpooled.wrappedBuffer(new byte[32 * 1024 * 1024]), Duration.ofMillis(100)))
          .get();
      channel.closeFuture().sync();
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  private static Channel listen(Transport transport, EventLoopGroup loops,
      CompletableFuture<Channel> accepted)
      throws InterruptedException {
    return new ServerBootstrap().group(loops)
        .channelFactory(transport.tcpListener())
        .childOption(ChannelOption.AUTO_READ, false)
        .childHandler(new ChannelInboundHandlerAdapter() {
          @Override
          public void channelActive(ChannelHandlerContext ctx) {
            accepted.complete(ctx.channel());
          }
        })
        .bind("127.0.0.1", 0)
        .sync()
        .channel();
  }
}
