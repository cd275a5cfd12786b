package dev.reveille.proxy.config;

import dev.reveille.proxy.budget.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Everything that can be configured, read and checked. Immutable. */
public record Configuration(List<Listener> listeners, Tls tls, List<Issuer> issuers, Http http,
    Api api,
    CatalogAccess catalog, List<CellOptions> cells, Compute compute, Wake wake, Limits limits,
    long copiedBase, Lifetimes lifetimes,
    Accounts accounts, Audit audit, Duration undoInterval, Duration drainDeadline,
    Log log) {

  public record Listener(String address, int port, boolean proxyProtocol, ListenerProof proof,
      Optional<Path> clientAuthority) {}

  public record Tls(List<String> names, Optional<Path> certificate, Optional<Path> key,
      TlsVersion minVersion, boolean plaintext) {}

  /** The last components name claims, and a scope of OAuth. */
  public record Issuer(String issuer, String keys, String audience, String template, String subject,
      Optional<String> mode, Optional<String> databases, String scope) {}

  public record Http(String address, int port) {}

  public record Api(int callsPerMinute) {}

  /** {@code url} is {@code embedded} or a JDBC URL. */
  public record CatalogAccess(String url, Optional<String> user, Optional<Path> passwordFile,
      int connections, Duration poll, Duration maxStaleness) {
    public boolean embedded() {
      return url.equals("embedded");
    }
  }

  /** One cell. The components after {@code directory} are for static cells. */
  public record CellOptions(String id, CellKind kind, int capacity, Optional<Path> directory,
      String host, int port, ComputeTlsMode tls, Optional<Path> rootCertificate, int connections,
      List<String> databases, List<LoginOptions> logins) {}

  public record LoginOptions(String credential, String role, Optional<Path> passwordFile,
      Optional<Path> certificate, Optional<Path> key) {}

  public record Compute(int postgresVersion, Optional<Path> binDirectory, int maxConnections,
      long sharedBuffers, Duration suspendAfter, int preparedRunning, int preparedCopied) {}

  /** {@code startsAtOnce} 0 means twice the processors. */
  public record Wake(Duration deadline, int waiters, int startsAtOnce, Duration noticeAfter) {}

  public record Limits(int connections, Duration loginDeadline, int unproven, long frameBytes) {}

  /** The first five are of what is made; the others of how it is forgotten. */
  public record Lifetimes(Duration agentBranch, Duration agentDatabase, Duration agentLongest,
      Duration agentCheckpoint, Duration undo, Duration warn, Duration grace, Duration orphanAfter,
      Duration checkEvery) {}

  /** There is always a plan of the name {@code defaultPlan}. */
  public record Accounts(List<Plan> plans, String defaultPlan, Duration flush,
      Duration measureStorage) {}

  /** {@code file} is whether there is one besides the table. */
  public record Audit(AuditedRequests requests, boolean requestText, boolean file,
      Duration retention) {}

  public record Log(LogFormat format, LogLevel level) {}

  /** Reads {@code file} (which need not exist) and the environment's overrides. */
  public static Configuration load(Path file, Map<String, String> environment)
      throws ConfigurationException {
    try {
      String text = Files.exists(file) ? Files.readString(file) : "";
      return parse(file.getFileName().toString(), text, environment);
    } catch (IOException e) {
      throw new ConfigurationException(List.of("cannot read " + file + ": " + e.getMessage()));
    }
  }

  static Configuration parse(String name, String text, Map<String, String> environment)
      throws ConfigurationException {
    List<String> problems = new ArrayList<>();
    Map<String, Written> written = new LinkedHashMap<>(YamlFile.read(name, text, problems));
    Overrides.apply(environment, written, problems);
    Configuration configuration = build(new Settings(written, problems));
    if (problems.isEmpty()) {
      Consistency.check(configuration, problems);
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return configuration;
  }

  private static Configuration build(Settings s) {
    return new Configuration(
        IntStream.range(0, Math.max(1, s.count("listeners")))
            .mapToObj(i -> listener(s, i))
            .toList(),
        new Tls(s.get(Options.TLS_NAMES), s.get(Options.TLS_CERTIFICATE), s.get(Options.TLS_KEY),
            s.get(Options.TLS_MINIMUM), s.get(Options.TLS_PLAINTEXT)),
        IntStream.range(0, s.count("issuers")).mapToObj(i -> issuer(s, i)).toList(),
        new Http(s.get(Options.HTTP_ADDRESS), s.get(Options.HTTP_PORT)),
        new Api(s.get(Options.API_CALLS)),
        new CatalogAccess(s.get(Options.CATALOG_URL), s.get(Options.CATALOG_USER),
            s.get(Options.CATALOG_PASSWORD_FILE), s.get(Options.CATALOG_CONNECTIONS),
            s.get(Options.CATALOG_POLL), s.get(Options.CATALOG_STALENESS)),
        s.count("cells") == 0
            ? List.of(localCell("a"), localCell("b"))
            : IntStream.range(0, s.count("cells")).mapToObj(i -> cell(s, i)).toList(),
        new Compute(s.get(Options.POSTGRES_VERSION), s.get(Options.POSTGRES_BIN),
            s.get(Options.COMPUTE_CONNECTIONS), s.get(Options.SHARED_BUFFERS),
            s.get(Options.SUSPEND_AFTER), s.get(Options.PREPARED_COMPUTES),
            s.get(Options.PREPARED_STORAGES)),
        new Wake(s.get(Options.WAKE_DEADLINE), s.get(Options.WAKE_WAITERS),
            s.get(Options.WAKE_STARTS), s.get(Options.WAKE_NOTICE)),
        new Limits(s.get(Options.CONNECTIONS), s.get(Options.LOGIN_DEADLINE),
            s.get(Options.UNPROVEN), s.get(Options.FRAME_LIMIT)),
        s.get(Options.COPIED_BASE),
        new Lifetimes(s.get(Options.AGENT_BRANCH), s.get(Options.AGENT_DATABASE),
            s.get(Options.AGENT_LONGEST), s.get(Options.AGENT_CHECKPOINT), s.get(Options.UNDO),
            s.get(Options.LIFETIME_WARN), s.get(Options.LIFETIME_GRACE),
            s.get(Options.ORPHAN_AFTER), s.get(Options.LIFETIME_CHECK)),
        PlanOptions.accounts(s),
        new Audit(s.get(Options.AUDIT_REQUESTS), s.get(Options.AUDIT_TEXT),
            s.get(Options.AUDIT_FILE), s.get(Options.AUDIT_RETENTION)),
        s.get(Options.UNDO_INTERVAL),
        s.get(Options.DRAIN_DEADLINE),
        new Log(s.get(Options.LOG_FORMAT), s.get(Options.LOG_LEVEL)));
  }

  private static Listener listener(Settings s, int i) {
    return new Listener(s.get(Options.LISTENER_ADDRESS, i), s.get(Options.LISTENER_PORT, i),
        s.get(Options.LISTENER_PROXY, i), s.get(Options.LISTENER_PROOF, i),
        s.get(Options.LISTENER_AUTHORITY, i));
  }

  private static Issuer issuer(Settings s, int i) {
    return new Issuer(s.get(Options.ISSUER, i), s.get(Options.ISSUER_KEYS, i),
        s.get(Options.ISSUER_AUDIENCE, i), s.get(Options.ISSUER_TEMPLATE, i),
        s.get(Options.ISSUER_SUBJECT, i), s.get(Options.ISSUER_MODE, i),
        s.get(Options.ISSUER_DATABASES, i), s.get(Options.ISSUER_SCOPE, i));
  }

  private static CellOptions cell(Settings s, int i) {
    return new CellOptions(s.get(Options.CELL_ID, i), s.get(Options.CELL_KIND, i),
        s.get(Options.CELL_CAPACITY, i), s.get(Options.CELL_DIRECTORY, i),
        s.get(Options.CELL_HOST, i), s.get(Options.CELL_PORT, i), s.get(Options.CELL_TLS, i),
        s.get(Options.CELL_ROOT, i), s.get(Options.CELL_CONNECTIONS, i),
        s.get(Options.CELL_DATABASES, i),
        IntStream.range(0, s.count("cells[].logins", i)).mapToObj(j -> login(s, i, j)).toList());
  }

  private static LoginOptions login(Settings s, int i, int j) {
    return new LoginOptions(s.get(Options.LOGIN_CREDENTIAL, i, j),
        s.get(Options.LOGIN_ROLE, i, j), s.get(Options.LOGIN_PASSWORD_FILE, i, j),
        s.get(Options.LOGIN_CERTIFICATE, i, j), s.get(Options.LOGIN_KEY, i, j));
  }

  private static CellOptions localCell(String id) {
    Map<String, Written> onlyItsName = Map.of("cells[0].id", new Written(id, "default"));
    return cell(new Settings(onlyItsName, new ArrayList<>()), 0);
  }
}
