package dev.reveille.proxy.connect;

import dev.reveille.auth.TlsServerEndPoint;
import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.compute.Login;
import dev.reveille.proxy.transport.Transport;
import dev.reveille.wire.FrameDecoder;
import dev.reveille.wire.FrontendMessages;
import dev.reveille.wire.InitialPacket.StartupMessage;
import dev.reveille.wire.Limits;
import dev.reveille.wire.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Connects to computes over real sockets: a Unix socket where the compute is local, TCP where it is not. */
public final class SocketConnector implements ComputeConnector {
  private final ComputeSockets sockets;
  private final ConnectSettings settings;
  private final RandomGenerator random;

  /**
   * Stateless apart from what it is given.
   *
   * @param transport of the event loops that sessions live on
   * @param random a cryptographic one outside of tests; used from all event loops
   */
  public SocketConnector(Transport transport, ConnectSettings settings, RandomGenerator random) {
    this.sockets = new ComputeSockets(transport, settings);
    this.settings = settings;
    this.random = random;
  }

  @Override
  public Future<ConnectOutcome> connect(EventLoop loop, ComputeEndpoint endpoint, Login login,
      Map<String, String> startupParameters, ProtocolVersion version, LoginListener listener) {
    Promise<ConnectOutcome> outcome = loop.newPromise();
    Future<Channel> opening = sockets.open(loop, endpoint.address(), login.certificate());
    outcome.addListener(done -> {
      if (done.isCancelled()) {
        opening.cancel(false);
      }
    });
    opening.addListener(opened -> {
      if (opened.isSuccess()) {
        LoginHandler handler = handler(opening.getNow(), endpoint, login, version, listener,
            outcome);
        logIn(opening.getNow(), handler, parameters(login, startupParameters), version, outcome);
      } else {
        outcome.trySuccess(new ConnectOutcome.Unreachable(Reasons.of(opened.cause())));
      }
    });
    return outcome;
  }

  private LoginHandler handler(Channel channel, ComputeEndpoint endpoint, Login login,
      ProtocolVersion version,
      LoginListener listener, Promise<ConnectOutcome> outcome) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    boolean cleartext = settings.cleartextWithoutTls() || tls != null
        || endpoint.address() instanceof ComputeAddress.UnixSocket;
    Proof proof = new Proof(login, cleartext, binding(tls), random);
    CancelDelivery cancels = new CancelDelivery(
        loop -> sockets.open(loop, endpoint.address(), login.certificate()),
        settings.cancelTimeout());
    return new LoginHandler(proof, version, listener, outcome,
        (key, ready) -> new SocketLink(channel, key, ready.status(), cancels));
  }

  private void logIn(Channel channel, LoginHandler handler, Map<String, String> parameters,
      ProtocolVersion version,
      Promise<ConnectOutcome> outcome) {
    if (outcome.isDone() || !channel.isActive()) {
      channel.close();
      outcome
          .trySuccess(new ConnectOutcome.Unreachable("the compute closed the connection at once"));
      return;
    }
    Future<?> deadline = channel.eventLoop().schedule(() -> {
      outcome.trySuccess(new ConnectOutcome.Unreachable("the compute took too long to log us in"));
    }, settings.loginTimeout().toNanos(), TimeUnit.NANOSECONDS);
    outcome.addListener(done -> {
      deadline.cancel(false);
      if (!done.isSuccess() || !(done.getNow() instanceof ConnectOutcome.Ready)) {
        channel.close();
      }
    });
    channel.pipeline().addLast(new FrameDecoder(Limits.MAX_LOGIN_FRAME), handler);
    ByteBuf startup = channel.alloc().buffer();
    try {
      FrontendMessages.startup(startup, version, parameters);
    } catch (IllegalArgumentException tooLong) {
      startup.release();
      outcome.trySuccess(new ConnectOutcome.Unreachable(Reasons.of(tooLong)));
      return;
    }
    channel.writeAndFlush(startup);
  }

  /** What SCRAM-SHA-256-PLUS binds to, where there is a certificate that it can be computed for. */
  private static Optional<byte[]> binding(@Nullable SslHandler tls) {
    try {
      return tls != null && tls.engine()
          .getSession()
          .getPeerCertificates()[0] instanceof X509Certificate certificate
              ? TlsServerEndPoint.of(certificate)
              : Optional.empty();
    } catch (SSLPeerUnverifiedException anonymous) {
      return Optional.empty();
    }
  }

  private static Map<String, String> parameters(Login login, Map<String, String> asked) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", login.role());
    parameters.put("database", login.databaseName());
    asked.forEach((name, value) -> {
      if (!name.startsWith(StartupMessage.EXTENSION_PREFIX)) {
        parameters.putIfAbsent(name, value);
      }
    });
    return parameters;
  }
}
