package dev.reveille.proxy.app;

import dev.reveille.cell.CellId;
import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.ProxyLife;
import dev.reveille.cell.directory.CachedDirectory;
import dev.reveille.cell.directory.DirectorySettings;
import dev.reveille.cell.manifest.ManifestKeeper;
import dev.reveille.compute.ComputeSupervisor;
import dev.reveille.compute.ComputeTimer;
import dev.reveille.compute.Computes;
import dev.reveille.compute.SupervisorSettings;
import dev.reveille.compute.machine.ComputeLimits;
import dev.reveille.proxy.audit.AuditObserver;
import dev.reveille.proxy.audit.AuditTrail;
import dev.reveille.proxy.audit.AuditedRoles;
import dev.reveille.proxy.budget.Ledger;
import dev.reveille.proxy.config.Configuration;
import dev.reveille.proxy.console.DatabaseCommands;
import dev.reveille.proxy.forget.LastUse;
import dev.reveille.proxy.http.AccountRoutes;
import dev.reveille.proxy.http.AuditRoutes;
import dev.reveille.proxy.http.CertificateRoutes;
import dev.reveille.proxy.http.ControlRoutes;
import dev.reveille.proxy.http.ControlToken;
import dev.reveille.proxy.http.CredentialRoutes;
import dev.reveille.proxy.http.HealthRoutes;
import dev.reveille.proxy.http.HttpListener;
import dev.reveille.proxy.http.Readiness;
import dev.reveille.proxy.http.SchemaRoutes;
import dev.reveille.proxy.metrics.AuditMetrics;
import dev.reveille.proxy.metrics.CountedComputes;
import dev.reveille.proxy.metrics.Metrics;
import dev.reveille.proxy.metrics.ObserverGroup;
import dev.reveille.proxy.metrics.SessionMetrics;
import dev.reveille.proxy.metrics.Timelines;
import dev.reveille.proxy.operations.Certificates;
import dev.reveille.proxy.operations.ConnectionStrings;
import dev.reveille.proxy.operations.Credentials;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.Policies;
import dev.reveille.proxy.session.TlsTerminator;
import io.javalin.config.JavalinConfig;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running process: everything, put together once. Parts are started in the order in which they
 * need each other and stopped in the opposite one; what clients wait for comes first.
 */
public final class ReveilleServer {
  private static final Logger log = LoggerFactory.getLogger(ReveilleServer.class);
  private static final Duration OPERATION = Duration.ofMinutes(2);
  /** Bytes of each statement that are written down where that is configured. */
  private static final int AUDITED_TEXT = 1024;
  private static final Duration CONFIRM = Duration.ofMinutes(1);

  /** What has been started, newest first. */
  private final Deque<Part> parts = new ArrayDeque<>();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Home home;
  private final Instant since;
  private volatile boolean clean = true;
  private List<String> listeners = List.of();
  private String http = "";

  /** Something to stop, with its name for the log. */
  private record Part(String name, AutoCloseable stop) {}

  /** What is loaded beside everything else, because TLS libraries take their time. */
  private record Encryption(TlsSetup setup, Supplier<Optional<TlsTerminator>> terminator) {}

  private ReveilleServer(Home home, Instant since) {
    this.home = home;
    this.since = since;
  }

  /** Returns when clients and commands are served. What was started is stopped if it fails. */
  public static ReveilleServer start(Home home, Configuration configuration, String version,
      Progress progress) throws StartFailure, InterruptedException {
    ReveilleServer server = new ReveilleServer(home, InstantSource.system().instant());
    try {
      server.assemble(configuration, version, progress);
    } catch (StartFailure | InterruptedException | RuntimeException e) {
      server.stop();
      throw e;
    } catch (IOException e) {
      server.stop();
      throw new StartFailure(StartFailure.Kind.FAILED, String.valueOf(e.getMessage()),
          "Try: reveille doctor");
    }
    Runtime.getRuntime().addShutdownHook(new Thread(server::end, "reveille-stop"));
    return server;
  }

  private void assemble(Configuration configuration, String version, Progress progress)
      throws StartFailure, IOException, InterruptedException {
    HomeLock lock = HomeLock.take(home);
    started("home", lock);
    started("pid file", () -> Files.deleteIfExists(home.pidFile()));
    CompletableFuture<Encryption> certificate = CompletableFuture.supplyAsync(() -> {
      try {
        TlsSetup tls = TlsSetup.open(home, configuration.tls(),
            Demands.ownClients(configuration), InstantSource.system());
        return new Encryption(tls, FrontDoor.terminator(tls, configuration.tls().minVersion()));
      } catch (StartFailure e) {
        throw new CompletionException(e);
      }
    }, command -> Thread.ofPlatform().name("reveille-tls").start(command));
    Machine machine = Machine.prepare(home, configuration.compute(), progress);
    started("sockets", () -> Directories.leaveSockets(machine.sockets()));
    CatalogKeeper keeper = CatalogKeeper.open(home, configuration.catalog(), machine);
    started("catalog", keeper);
    Metrics metrics = new Metrics();
    AuditTrail audit = AuditTrail.open(Long.toHexString(new SecureRandom().nextLong()),
        keeper.catalog(),
        configuration.audit().file() ? Optional.of(home.audit()) : Optional.empty(),
        new AuditMetrics(metrics), configuration.audit().retention(), InstantSource.system());
    started("audit", audit);
    Cells cells = Cells.open(home, configuration, machine, new AuditedRoles(audit));
    ProxyLife life = life(cells);
    Accounting accounting = new Accounting(keeper.catalog().accountUsage(), life,
        configuration.accounts(), metrics);
    started("accounts", accounting);
    Ledger ledger = ledger(keeper, life, accounting);

    ComputeTimer timer = ComputeTimer.system();
    started("timer", timer);
    Computes computes = new CountedComputes(
        new ComputeSupervisor(cells.providers(), supervision(configuration.wake()), timer),
        metrics, accounting.ledger());
    started("computes", computes);
    computes.recover().toCompletableFuture().join();
    accounting.start(computes, cells.local());

    ManifestKeeper manifests = new ManifestKeeper(keeper.catalog(), cells.manifests(), CONFIRM,
        InstantSource.system());
    CachedDirectory directory = CachedDirectory.follow(keeper.catalog(),
        new DirectorySettings(configuration.catalog().poll(),
            configuration.catalog().maxStaleness(), DirectorySettings.DEFAULTS.lookupTimeout(),
            DirectorySettings.DEFAULTS.cacheEntries()),
        manifests, InstantSource.system(), System::nanoTime);
    started("directory", directory);
    started("role ends", RoleEnds.follow(directory, computes, InstantSource.system()));
    AutoCloseable noticed = directory.onChange(manifests::noticed);
    manifests.start();
    started("manifests", () -> {
      noticed.close();
      manifests.close();
    });

    Encryption encryption = joined(certificate);
    TlsSetup tls = encryption.setup();
    SessionMetrics sessionMetrics = new SessionMetrics(metrics);
    Timelines timelines = new Timelines();
    LastUse use = new LastUse(InstantSource.system(), computes::statuses);
    SharedKeyKeeper keys = SharedKeyKeeper.open(home.secrets().resolve("shared-key"),
        keeper.catalog());
    CheckpointsBefore checkpoints = new CheckpointsBefore(keeper.catalog(),
        configuration.undoInterval(), InstantSource.system());
    ConsoleParts console = new ConsoleParts(keeper.catalog(), directory, computes, cells.local(),
        ledger, accounting.usage(), version);
    FrontDoor door = FrontDoor.open(configuration, encryption.terminator(), tls,
        new Demands(home, configuration, tls), console.consoles(),
        keys::current, ledger,
        new ObserverGroup(
            List.of(sessionMetrics, timelines, use, auditObserver(audit, configuration.audit()))),
        checkpoints.net());
    started("event loops", door);
    listeners = door.addresses();

    Databases databases = new Databases(keeper.catalog(), computes,
        new Policies(new DatabaseSettings(configuration.compute().suspendAfter()),
            Forgetting.rules(configuration.lifetimes()), OPERATION,
            configuration.copiedBase()),
        () -> new ConnectionStrings("localhost", door.port(), tls.root()), keys::required,
        new SecureRandom(), InstantSource.system(), audit, cells.local(),
        accounting.ledger());
    checkpoints.takenBy(databases);
    console.open(door.sessions(), new DatabaseCommands(databases));
    Credentials credentials = new Credentials(keeper.catalog(),
        () -> new ConnectionStrings("localhost", door.port(), tls.root()), keys::required,
        new SecureRandom(), InstantSource.system(), audit, accounting.ledger());
    Certificates certificates = new Certificates(keeper.catalog(), tls.authority(),
        () -> door.certificatePort()
            .map(port -> new ConnectionStrings("localhost", port, tls.root())),
        InstantSource.system());
    Upkeep upkeep = Upkeep.start(tls, door.sessions(), keeper.catalog(), cells, databases, keys);
    started("upkeep", upkeep);
    started("reaper", Forgetting.start(configuration.lifetimes(), keeper.catalog(), databases,
        cells.local(), audit, use));
    Readiness readiness = () -> checks(upkeep, cells, directory, manifests, tls);
    Readings readings = new Readings(metrics, computes, cells, directory, tls, since);
    ControlToken token = ControlToken.create(home.tokenFile(), new SecureRandom());
    ControlRoutes control = new ControlRoutes(token, () -> databases,
        () -> StatusReport.of(version, since, home, listeners, http, readiness, keeper.catalog(),
            cells, computes, sessionMetrics.sessions()),
        name -> timelines.of(name).map(TimelineView::of).orElseGet(Map::of));
    List<Consumer<JavalinConfig>> routes = new ArrayList<>(
        List.of(new HealthRoutes(readiness, readings::text), control,
            new AuditRoutes(audit::entries), new CredentialRoutes(() -> credentials),
            new CertificateRoutes(() -> certificates), SchemaRoutes.of(databases, credentials),
            new AccountRoutes(accounting.usage())));
    routes.addAll(ApiSetup.routes(configuration, keeper.catalog(), databases, credentials,
        accounting.usage(), token, version));
    HttpListener listener = http(configuration.http(), routes);
    started("http", listener);
    http = listener.authority();
    Files.writeString(home.httpFile(), http + "\n");
    started("http file", () -> {
      Files.deleteIfExists(home.httpFile());
      Files.deleteIfExists(home.tokenFile());
    });
    started("sessions", door::drain);
    log.atInfo()
        .addKeyValue("version", version)
        .addKeyValue("address", listeners)
        .addKeyValue("pid", ProcessHandle.current().pid())
        .log("serving");
  }

  private static AuditObserver auditObserver(AuditTrail audit, Configuration.Audit options) {
    Predicate<CredentialKind> audited = switch (options.requests()) {
      case NONE -> kind -> false;
      case AGENTS -> kind -> kind == CredentialKind.AGENT;
      case ALL -> kind -> true;
    };
    return new AuditObserver(audit, audited, options.requestText() ? AUDITED_TEXT : 0);
  }

  private ProxyLife life(Cells cells) throws IOException {
    byte[] id = SecretFile.openOrCreate(home.secrets().resolve("home-id"), new SecureRandom())
        .bytes();
    return new ProxyLife(UUID.randomUUID(), UUID.nameUUIDFromBytes(id),
        List.copyOf(cells.local()));
  }

  /** Refuses to start beside a proxy that has one of our cells: their storage would not be ours. */
  private Ledger ledger(CatalogKeeper keeper, ProxyLife life, Accounting accounting)
      throws StartFailure {
    Ledger ledger = Ledger.shared(keeper.usage(), life, accounting.ledger(),
        InstantSource.system());
    Optional<CellId> taken = ledger.start();
    if (taken.isPresent()) {
      throw new StartFailure(StartFailure.Kind.CONFIGURATION,
          "cell " + taken.get() + " belongs to another proxy that runs on this catalog",
          "Give the local cells of each home ids of their own: cells[].id in "
              + home.configuration() + ".");
    }
    started("ledger", ledger);
    return ledger;
  }

  private static HttpListener http(Configuration.Http options,
      List<Consumer<JavalinConfig>> routes) throws StartFailure {
    try {
      return HttpListener.start(options.address(), options.port(), routes);
    } catch (JavalinBindException e) {
      throw new StartFailure(StartFailure.Kind.FAILED,
          "cannot listen on " + options.address() + ":" + options.port() + ": " + e.getMessage(),
          "Is something else running there? Give another port with --http-port.");
    }
  }

  private static Encryption joined(CompletableFuture<Encryption> certificate) throws StartFailure {
    try {
      return certificate.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof StartFailure failure) {
        throw failure;
      }
      throw e;
    }
  }

  private static SupervisorSettings supervision(Configuration.Wake wake) {
    ComputeLimits limits = ComputeLimits.DEFAULTS;
    return new SupervisorSettings(
        new ComputeLimits(wake.waiters(), limits.attempts(), limits.firstBackOff(),
            limits.longestBackOff(), limits.stableAfter()),
        SupervisorSettings.DEFAULTS.attachGrace(), SupervisorSettings.DEFAULTS.holdLimit());
  }

  private static List<Readiness.Check> checks(Upkeep upkeep, Cells cells,
      CachedDirectory directory,
      ManifestKeeper manifests, TlsSetup tls) {
    List<Readiness.Check> checks = new ArrayList<>();
    checks.add(directory.catalogReachable()
        ? Readiness.Check.ok("catalog")
        : Readiness.Check.failed("catalog", "does not answer; what is known is still served"));
    checks.add(upkeep.check());
    Map<?, String> problems = manifests.problems();
    checks.add(problems.isEmpty()
        ? Readiness.Check.ok("manifests")
        : Readiness.Check.failed("manifests", String.join("; ", problems.values())));
    checks.add(cells.check());
    checks.add(tls.check());
    return checks;
  }

  private void started(String name, AutoCloseable stop) {
    parts.push(new Part(name, stop));
    log.atDebug()
        .addKeyValue("kind", name)
        .addKeyValue("millis", Duration.between(since, InstantSource.system().instant()).toMillis())
        .log("started");
  }

  /** Addresses on which clients are served. */
  public List<String> listeners() {
    return listeners;
  }

  /** Host and port of the HTTP listener. */
  public String http() {
    return http;
  }

  /** Waits for the end; whether all of it went well. */
  public boolean awaitStopped() throws InterruptedException {
    stopped.await();
    return clean;
  }

  /** Drains, suspends every compute, stops everything. Idempotent; the first caller waits for it. */
  public void stop() {
    if (!stopping.compareAndSet(false, true)) {
      return;
    }
    for (Part part : parts) {
      try {
        part.stop().close();
      } catch (Exception e) {
        clean = false;
        log.atError().setCause(e).addKeyValue("kind", part.name()).log("a part did not stop well");
      }
    }
    stopped.countDown();
  }

  /** On a signal: the exit code tells whether the stop went well, not which signal it was. */
  private void end() {
    if (!stopping.get()) {
      log.info("stopping");
      stop();
      log.info("stopped");
    }
    Runtime.getRuntime().halt(clean ? 0 : 1);
  }
}
