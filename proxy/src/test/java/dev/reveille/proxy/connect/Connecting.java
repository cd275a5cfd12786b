package dev.reveille.proxy.connect;

import dev.reveille.cell.DatabaseId;
import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.compute.Login;
import dev.reveille.proxy.transport.Transport;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.ProtocolVersion;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Makes single attempts to log in, and remembers what the compute said meanwhile. */
final class Connecting implements LoginListener, AutoCloseable {
  final List<String> heard = new CopyOnWriteArrayList<>();
  private final EventLoopGroup loops;
  private final ComputeConnector connector;

  Connecting() {
    this(Transport.best(), ConnectSettings.DEFAULTS);
  }

  Connecting(Transport transport, ConnectSettings settings) {
    this.loops = transport.eventLoops(1, new DefaultThreadFactory("connecting", true));
    this.connector = new SocketConnector(transport, settings, new Random(5));
  }

  Future<ConnectOutcome> begin(ComputeAddress address, Login login, Map<String, String> parameters,
      ProtocolVersion version) {
    ComputeEndpoint endpoint = new ComputeEndpoint(new DatabaseId(new UUID(0, 1)), address, 1, 50);
    EventLoop loop = loops.next();
    return connector.connect(loop, endpoint, login, parameters, version, this);
  }

  ConnectOutcome logIn(ComputeAddress address, Login login) throws Exception {
    return begin(address, login, Map.of(), ProtocolVersion.V3_0).get(30, TimeUnit.SECONDS);
  }

  @Override
  public void parameterStatus(String name, String value) {
    heard.add(name + "=" + value);
  }

  @Override
  public void notice(ErrorFields notice) {
    heard.add("notice " + notice.message());
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
