package dev.reveille.proxy.app;

import dev.reveille.auth.BadSecretLimiter;
import dev.reveille.auth.SharedKey;
import dev.reveille.proxy.budget.Ledger;
import dev.reveille.proxy.cancel.CancelKeys;
import dev.reveille.proxy.config.Configuration;
import dev.reveille.proxy.config.ListenerProof;
import dev.reveille.proxy.config.TlsVersion;
import dev.reveille.proxy.connect.ConnectSettings;
import dev.reveille.proxy.connect.SocketConnector;
import dev.reveille.proxy.console.Consoles;
import dev.reveille.proxy.listen.ListenerSettings;
import dev.reveille.proxy.listen.NettyTls;
import dev.reveille.proxy.listen.ProxyListener;
import dev.reveille.proxy.relay.RelayLimits;
import dev.reveille.proxy.session.Precautions;
import dev.reveille.proxy.session.ProofDemand;
import dev.reveille.proxy.session.SessionObserver;
import dev.reveille.proxy.session.SessionRooms;
import dev.reveille.proxy.session.SessionSettings;
import dev.reveille.proxy.session.Sessions;
import dev.reveille.proxy.session.TlsTerminator;
import dev.reveille.proxy.transport.Keepalive;
import dev.reveille.proxy.transport.Transport;
import dev.reveille.wire.Limits;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners, the event loops and the sessions on them. */
final class FrontDoor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(FrontDoor.class);
  private static final int BACKLOG = 4096;
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final EventLoopGroup acceptor;
  private final EventLoopGroup loops;
  private final Sessions sessions;
  private final List<ProxyListener> listeners = new ArrayList<>();
  private final Duration patience;
  private Optional<Integer> certificatePort = Optional.empty();

  private FrontDoor(EventLoopGroup acceptor, EventLoopGroup loops, Sessions sessions,
      Duration patience) {
    this.acceptor = acceptor;
    this.loops = loops;
    this.sessions = sessions;
    this.patience = patience;
  }

  /** Serves what the certificate says now. Loads the libraries for it before it returns. */
  static Supplier<Optional<TlsTerminator>> terminator(TlsSetup tls, TlsVersion oldest) {
    Supplier<Optional<TlsTerminator>> terminator = NettyTls.following(tls.watcher()::current,
        protocols(oldest), Optional.empty());
    var _ = Transport.best();
    var _ = terminator.get();
    return terminator;
  }

  /** Accepts clients from when this returns. */
  static FrontDoor open(Configuration configuration, Supplier<Optional<TlsTerminator>> terminator,
      TlsSetup tls, Demands demands, Consoles consoles,
      Supplier<Optional<SharedKey>> sharedKey, Ledger ledger, SessionObserver observer,
      Precautions precautions)
      throws StartFailure {
    Transport transport = Transport.best();
    SecureRandom random = new SecureRandom();
    SessionRooms rooms = new SessionRooms(consoles.directory(), consoles.computes(),
        new SocketConnector(transport, ConnectSettings.DEFAULTS, random),
        new CancelKeys(random, System::nanoTime),
        new BadSecretLimiter(BadSecretLimiter.Settings.DEFAULT, System::nanoTime), sharedKey,
        settings(configuration), relayLimits(configuration.limits()), observer, random,
        InstantSource.system(), System::nanoTime, ledger, precautions, consoles);
    FrontDoor door = new FrontDoor(
        transport.eventLoops(1, new DefaultThreadFactory("reveille-accept")),
        transport.eventLoops(Runtime.getRuntime().availableProcessors(),
            new DefaultThreadFactory("reveille-loop")),
        new Sessions(rooms), configuration.drainDeadline());
    try {
      for (Configuration.Listener listener : configuration.listeners()) {
        ProofDemand demand = demands.of(listener);
        door.listen(listener, transport, demand,
            demand instanceof ProofDemand.Certificate(var authority)
                ? NettyTls.following(tls.watcher()::current,
                    protocols(configuration.tls().minVersion()), Optional.of(authority))
                : terminator);
      }
      return door;
    } catch (IOException e) {
      door.close();
      throw new StartFailure(StartFailure.Kind.FAILED, e.getMessage() + ": " + e.getCause(),
          "Is something else running there? Give another port with --port.");
    } catch (RuntimeException e) {
      door.close();
      throw e;
    }
  }

  private void listen(Configuration.Listener listener, Transport transport, ProofDemand demand,
      Supplier<Optional<TlsTerminator>> terminator) throws IOException {
    int port = listener.port();
    for (InetAddress address : addresses(listener.address())) {
      ListenerSettings settings = new ListenerSettings(new InetSocketAddress(address, port),
          listener.proxyProtocol(), BACKLOG, Keepalive.DEFAULT, demand);
      ProxyListener bound = ProxyListener.bind(settings, transport, acceptor, loops, sessions,
          terminator);
      listeners.add(bound);
      port = bound.address().getPort();
    }
    if (listener.proof() == ListenerProof.CERTIFICATE && listener.clientAuthority().isEmpty()
        && certificatePort.isEmpty()) {
      certificatePort = Optional.of(port);
    }
  }

  /** All loopback addresses for localhost: which of them a client tries first is its own affair. */
  private static List<InetAddress> addresses(String host) throws IOException {
    InetAddress[] found = InetAddress.getAllByName(host);
    return host.equals("localhost") ? List.of(found) : List.of(found[0]);
  }

  private static SessionSettings settings(Configuration configuration) {
    SessionSettings defaults = SessionSettings.DEFAULTS;
    return new SessionSettings(configuration.limits().loginDeadline(),
        defaults.refusalStep(), configuration.wake().deadline(), configuration.wake().noticeAfter(),
        defaults.retryFirst(),
        defaults.retryMost(), configuration.tls().plaintext(),
        defaults.waitingBytes(), configuration.limits().unproven(),
        configuration.lifetimes().warn(),
        configuration.limits().connections());
  }

  private static RelayLimits relayLimits(Configuration.Limits limits) {
    RelayLimits defaults = RelayLimits.DEFAULTS;
    int frame = (int) Math.min(limits.frameBytes(), Limits.MAX_FRAME);
    return new RelayLimits(frame, defaults.lowWater(), defaults.highWater(),
        defaults.halfCloseGrace(), defaults.boundaryGrace(), defaults.linger(),
        defaults.farewell());
  }

  private static List<String> protocols(TlsVersion oldest) {
    return switch (oldest) {
      case TLS_1_2 -> List.of("TLSv1.2", "TLSv1.3");
      case TLS_1_3 -> List.of("TLSv1.3");
    };
  }

  Sessions sessions() {
    return sessions;
  }

  /** Where certificates of the home's own authority are taken, if anywhere. */
  Optional<Integer> certificatePort() {
    return certificatePort;
  }

  int port() {
    return listeners.getFirst().address().getPort();
  }

  List<String> addresses() {
    return listeners.stream()
        .map(listener -> listener.address().getAddress().getHostAddress() + ":"
            + listener.address().getPort())
        .toList();
  }

  /** Stops accepting, and waits for sessions at work up to the configured deadline. */
  void drain() {
    listeners.forEach(ProxyListener::close);
    try {
      sessions.drain(patience)
          .toCompletableFuture()
          .get(patience.plus(GRACE).toMillis(),
              TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      log.atWarn().addKeyValue("sessions", sessions.count()).log("sessions outlived the drain");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      log.atError().setCause(e).log("the drain failed");
    }
  }

  @Override
  public void close() {
    listeners.forEach(ProxyListener::close);
    sessions.close();
    acceptor.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
