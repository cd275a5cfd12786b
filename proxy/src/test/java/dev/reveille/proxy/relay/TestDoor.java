package dev.reveille.proxy.relay;

import dev.reveille.cell.DatabaseId;
import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.compute.ComputeTls;
import dev.reveille.compute.Login;
import dev.reveille.proxy.cancel.CancelKey;
import dev.reveille.proxy.cancel.CancelKeys;
import dev.reveille.proxy.cancel.CancelTarget;
import dev.reveille.proxy.connect.ComputeConnector;
import dev.reveille.proxy.connect.ComputeLink;
import dev.reveille.proxy.connect.ConnectOutcome;
import dev.reveille.proxy.connect.ConnectSettings;
import dev.reveille.proxy.connect.LoginListener;
import dev.reveille.proxy.connect.SocketConnector;
import dev.reveille.proxy.transport.Transport;
import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.InitialPacket;
import dev.reveille.wire.InitialPackets;
import dev.reveille.wire.MalformedMessageException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The least front door that a driver can log in through: no TLS, no proof, straight to one compute. */
public final class TestDoor implements AutoCloseable {
  final CancelKeys keys = new CancelKeys(new Random(1), System::nanoTime);
  final BlockingQueue<Session> sessions = new LinkedBlockingQueue<>();
  private final EventLoopGroup loops;
  private final Channel listener;
  private final ComputeConnector connector;
  private final ComputeEndpoint endpoint;
  private final RelayLimits limits;
  private final RelayScope scope;
  private final ByteBudget shared;
  private final Supplier<Optional<Interposer>> between;
  /** Of each client from now on. */
  volatile Supplier<Optional<Precaution>> precautions = Optional::empty;

  /** What became of one client. */
  static final class Session implements RelayListener {
    final List<String> told = new CopyOnWriteArrayList<>();
    final Channel client;
    @Nullable
    Relay relay;
    @Nullable
    ComputeLink link;

    Session(Channel client) {
      this.client = client;
    }

    Relay relay() {
      return Objects.requireNonNull(relay);
    }

    ComputeLink link() {
      return Objects.requireNonNull(link);
    }

    <T> T onLoop(Callable<T> work) throws Exception {
      return client.eventLoop().submit(work).get();
    }

    @Override
    public void firstByte() {
      told.add("first byte");
    }

    @Override
    public void clientClosed(boolean midQuery) {
      told.add("client closed" + (midQuery ? " mid-query" : ""));
    }

    @Override
    public void computeClosed(boolean midQuery) {
      told.add("compute closed" + (midQuery ? " mid-query" : ""));
    }

    @Override
    public void breached(Breach breach) {
      told.add("breached " + breach.limit());
    }

    @Override
    public void malformed(MalformedMessageException reason) {
      told.add("malformed: " + reason.getMessage());
    }
  }

  TestDoor(int computePort) {
    this(Transport.best(), computePort, RelayLimits.DEFAULTS);
  }

  /** With something between each client and its relay. */
  public TestDoor(int computePort, Supplier<Optional<Interposer>> between) {
    this(Transport.best(), computePort, RelayLimits.DEFAULTS, TestScopes.WIDE, TestScopes.PLENTY,
        between);
  }

  TestDoor(int computePort, RelayScope scope, ByteBudget shared) {
    this(Transport.best(), computePort, RelayLimits.DEFAULTS, scope, shared);
  }

  TestDoor(Transport transport, int computePort, RelayLimits limits) {
    this(transport, computePort, limits, TestScopes.WIDE, TestScopes.PLENTY);
  }

  private TestDoor(Transport transport, int computePort, RelayLimits limits, RelayScope scope,
      ByteBudget shared) {
    this(transport, computePort, limits, scope, shared, Optional::empty);
  }

  private TestDoor(Transport transport, int computePort, RelayLimits limits, RelayScope scope,
      ByteBudget shared, Supplier<Optional<Interposer>> between) {
    this.between = between;
    this.limits = limits;
    this.scope = scope;
    this.shared = shared;
    this.loops = transport.eventLoops(1, new DefaultThreadFactory("test-door", true));
    this.connector = new SocketConnector(transport, ConnectSettings.DEFAULTS, new Random(2));
    this.endpoint = new ComputeEndpoint(new DatabaseId(new UUID(0, 1)),
        new ComputeAddress.Tcp("127.0.0.1", computePort, ComputeTls.DISABLED), 1, 50);
    this.listener = new ServerBootstrap().group(loops)
        .channelFactory(transport.tcpListener())
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new Greeter());
          }
        })
        .bind("127.0.0.1", 0)
        .syncUninterruptibly()
        .channel();
  }

  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** For pgjdbc. */
  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + port()
        + "/postgres?user=postgres&sslmode=disable&gssEncMode=disable";
  }

  Session session() throws InterruptedException {
    Session next = sessions.poll(20, TimeUnit.SECONDS);
    return Objects.requireNonNull(next, "no client has logged in");
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private final class Greeter extends ByteToMessageDecoder {
    private boolean greeted;

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
      InitialPacket packet = greeted ? null : InitialPackets.decode(in);
      if (packet instanceof InitialPacket.CancelRequest cancel) {
        InetSocketAddress from = (InetSocketAddress) ctx.channel().remoteAddress();
        var aimed = keys.aim(cancel, from.getAddress());
        ctx.close().addListener(closed -> {
          var _ = aimed.get();
        });
      } else if (packet instanceof InitialPacket.StartupMessage startup) {
        greeted = true;
        ctx.channel().config().setAutoRead(false);
        logIn(ctx, startup);
      }
    }

    private void logIn(ChannelHandlerContext ctx, InitialPacket.StartupMessage startup) {
      ByteBuf welcome = ctx.alloc().buffer();
      BackendMessages.authenticationOk(welcome);
      connector.connect(ctx.channel().eventLoop(), endpoint,
          Login.trusted(startup.user(), startup.database()),
          startup.parameters(), startup.version().negotiated(), new LoginListener() {
            @Override
            public void parameterStatus(String name, String value) {
              BackendMessages.parameterStatus(welcome, name, value);
            }

            @Override
            public void notice(ErrorFields notice) {
              BackendMessages.noticeResponse(welcome, notice);
            }
          }).addListener(done -> {
            switch ((ConnectOutcome) done.getNow()) {
              case ConnectOutcome.Ready ready -> begin(ctx, startup, ready.link(), welcome);
              case ConnectOutcome.Refused refused -> {
                BackendMessages.errorResponse(welcome, refused.error());
                ctx.writeAndFlush(welcome).addListener(written -> ctx.close());
              }
              case ConnectOutcome.Unreachable unreachable -> {
                welcome.release();
                ctx.close();
              }
            }
          });
    }

    private void begin(ChannelHandlerContext ctx, InitialPacket.StartupMessage startup,
        ComputeLink link,
        ByteBuf welcome) {
      CancelKey key = keys.issue(startup.version().negotiated(), link.processId());
      BackendMessages.backendKeyData(welcome, key.processId(), key.secret());
      BackendMessages.readyForQuery(welcome, link.status());
      Session session = new Session(ctx.channel());
      session.link = link;
      Optional<Interposer> interposed = between.get();
      interposed.ifPresent(ctx.pipeline()::addLast);
      session.relay = Relay.start(ctx.channel(), link, session, limits, scope, shared);
      precautions.get().ifPresent(session.relay()::takeCare);
      interposed.ifPresent(one -> one.joined(session.relay()));
      keys.bind(key, interposed.<CancelTarget>map(one -> one.before(session.relay()))
          .orElse(session.relay()));
      ctx.channel().closeFuture().addListener(closed -> keys.retire(key));
      ctx.pipeline().remove(this);
      ctx.channel().writeAndFlush(welcome);
      sessions.add(session);
    }
  }
}
