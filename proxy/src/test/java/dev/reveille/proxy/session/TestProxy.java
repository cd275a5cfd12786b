package dev.reveille.proxy.session;

import dev.reveille.auth.BadSecretLimiter;
import dev.reveille.auth.CertificateAuthority;
import dev.reveille.auth.ServerCertificate;
import dev.reveille.auth.TlsIdentity;
import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.compute.WakeOutcome;
import dev.reveille.proxy.budget.Ledger;
import dev.reveille.proxy.cancel.CancelKeys;
import dev.reveille.proxy.connect.ConnectSettings;
import dev.reveille.proxy.connect.SocketConnector;
import dev.reveille.proxy.listen.ListenerSettings;
import dev.reveille.proxy.listen.NettyTls;
import dev.reveille.proxy.listen.ProxyListener;
import dev.reveille.proxy.relay.RealPostgres;
import dev.reveille.proxy.relay.RelayLimits;
import dev.reveille.proxy.transport.Keepalive;
import dev.reveille.proxy.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Sessions behind a real listener, a real Postgres behind them, and fakes for the rest. */
final class TestProxy implements AutoCloseable {
  static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
  private static final Tls TLS = Tls.make();

  /** An authority and a certificate, made once. */
  private record Tls(Path root, TlsIdentity identity) {
    static Tls make() {
      try {
        var directory = Files.createTempDirectory("reveille-test-tls");
        directory.toFile().deleteOnExit();
        var authority = CertificateAuthority.openOrCreate(directory, InstantSource.system(),
            new SecureRandom());
        var certificate = ServerCertificate.open(authority, List.of());
        return new Tls(authority.rootCertificatePath(),
            TlsIdentity.load(certificate.certificatePath(), certificate.keyPath()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Remembers what it hears. */
  static final class Heard implements SessionObserver {
    final AtomicInteger opened = new AtomicInteger();
    final List<SessionFailure> refused = new CopyOnWriteArrayList<>();
    final List<CloseReason> closed = new CopyOnWriteArrayList<>();
    final List<SessionTimeline> ready = new CopyOnWriteArrayList<>();
    final List<Phase> phases = new CopyOnWriteArrayList<>();

    @Override
    public void opened() {
      opened.incrementAndGet();
    }

    @Override
    public void phase(Phase phase, long nanos) {
      phases.add(phase);
    }

    @Override
    public void ready(SessionFacts session, SessionTimeline timeline) {
      ready.add(timeline);
    }

    @Override
    public void refused(SessionFacts session, SessionFailure failure) {
      refused.add(failure);
    }

    @Override
    public void closed(SessionFacts session, CloseReason reason) {
      closed.add(reason);
    }
  }

  final FakeDirectory directory = new FakeDirectory();
  final FakeComputes computes = new FakeComputes();
  final Heard heard = new Heard();
  final CancelKeys cancelKeys = new CancelKeys(new SecureRandom(), System::nanoTime);
  final Sessions sessions;
  /** What the wall clock says. */
  volatile Instant now = Given.NOW;
  volatile TlsIdentity identity = TLS.identity();
  private final EventLoopGroup loops;
  private final ProxyListener listener;

  TestProxy(SessionSettings settings) {
    this(settings, false);
  }

  TestProxy(SessionSettings settings, boolean proxyHeader) {
    this(settings, proxyHeader, new ProofDemand.Scram());
  }

  TestProxy(SessionSettings settings, boolean proxyHeader, ProofDemand proof) {
    var transport = Transport.best();
    loops = transport.eventLoops(2, new DefaultThreadFactory("test-proxy", true));
    directory.put(Given.credential("a_agent"));
    directory.routes.put("shop", Given.route("shop"));
    computes.script = () -> Optional.of(new WakeOutcome.Ready(endpoint(1, 40), false));
    var limiter = new BadSecretLimiter(BadSecretLimiter.Settings.DEFAULT, System::nanoTime);
    sessions = new Sessions(new SessionRooms(directory, computes,
        new SocketConnector(transport, ConnectSettings.DEFAULTS, new SecureRandom()), cancelKeys,
        limiter, () -> Optional.of(Given.SHARED_KEY), settings, RelayLimits.DEFAULTS, heard,
        new SecureRandom(),
        () -> now, System::nanoTime, Ledger.alone(() -> now)));
    try {
      listener = ProxyListener.bind(
          new ListenerSettings(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
              proxyHeader, 128, Keepalive.DEFAULT, proof),
          transport, loops, loops, sessions,
          NettyTls.following(() -> identity, PROTOCOLS,
              proof instanceof ProofDemand.Certificate(var authority)
                  ? Optional.of(authority)
                  : Optional.empty()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ComputeEndpoint endpoint(long epoch, int maxConnections) {
    return Given.endpoint(Given.route("shop"), RealPostgres.port(), epoch, maxConnections);
  }

  static Path rootCertificate() {
    return TLS.root();
  }

  int port() {
    return listener.address().getPort();
  }

  String url(String parameters) {
    return "jdbc:postgresql://localhost:" + port() + "/shop?user=a_agent&password="
        + Given.SECRET.reveal() + "&gssEncMode=disable&" + parameters;
  }

  void stopAccepting() {
    listener.close();
  }

  @Override
  public void close() {
    listener.close();
    sessions.close();
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
