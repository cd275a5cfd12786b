package dev.reveille.proxy.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every value that can be configured, in the order of the reference page. A new one is a constant
 * here and a component in {@link Configuration}; the file's schema, the environment overrides and
 * {@code docs/configuration.md} follow from the constant.
 */
public final class Options {
  private static final List<Option<?>> ALL = new ArrayList<>();
  private static final Map<String, String> SECTIONS = new LinkedHashMap<>();

  static {
    section("listeners[]", "Where clients connect. Without any, one on localhost:6432.");
  }
  static final Option<String> LISTENER_ADDRESS = option("listeners[].address", Kind.text("host"),
      "localhost", "Address to bind. `localhost` binds every loopback address; `0.0.0.0` all.");
  static final Option<Integer> LISTENER_PORT = option("listeners[].port",
      Kind.integer("port", 0, 65535), "6432", "TCP port; 0 takes a free one.");
  static final Option<Boolean> LISTENER_PROXY = option("listeners[].proxy-protocol", Kind.yesNo(),
      "false",
      "Every connection must begin with a PROXY protocol v2 header, whose address counts.");
  static final Option<ListenerProof> LISTENER_PROOF = option("listeners[].proof",
      Kind.choice(ListenerProof.class), "scram",
      "How clients prove who they are: a secret, a JWT as the password, a JWT by OAUTHBEARER, or "
          + "a client certificate. All but `scram` only under TLS.");
  static final Option<Optional<Path>> LISTENER_AUTHORITY = option("listeners[].client-authority",
      Kind.optional(Kind.path()), "",
      "PEM file of the authority of client certificates, for `certificate`; else the home's own, "
          + "which `credential cert` signs with.");

  static {
    section("tls", "The certificate that clients see. Without files, a private authority is made.");
  }
  static final Option<List<String>> TLS_NAMES = option("tls.names", Kind.texts("host names"), "",
      "More names for the made certificate, besides localhost and the host's own.");
  static final Option<Optional<Path>> TLS_CERTIFICATE = option("tls.certificate",
      Kind.optional(Kind.path()), "", "PEM file with the certificate chain; read again on change.");
  static final Option<Optional<Path>> TLS_KEY = option("tls.key", Kind.optional(Kind.path()), "",
      "PEM file with the certificate's private key.");
  static final Option<TlsVersion> TLS_MINIMUM = option("tls.min-version",
      Kind.choice(TlsVersion.class), "tls-1.2", "Oldest TLS version that is spoken.");
  static final Option<Boolean> TLS_PLAINTEXT = option("tls.plaintext", Kind.yesNo(), "false",
      "Accept logins without TLS. The secret stays secret; the data is readable on the way.");

  static {
    section("issuers[]",
        "Whose tokens are taken by listeners with the proof `token` or `oauthbearer`.");
  }
  static final Option<String> ISSUER = option("issuers[].issuer", Kind.text("URL"), null,
      "The exact `iss` of its tokens.");
  static final Option<String> ISSUER_KEYS = option("issuers[].jwks", Kind.text("URL or path"), null,
      "Its public keys (JWK Set): an https URL, an http one on this host, or a file.");
  static final Option<String> ISSUER_AUDIENCE = option("issuers[].audience", Kind.text("text"),
      null, "What `aud` must contain.");
  static final Option<String> ISSUER_TEMPLATE = option("issuers[].template",
      Kind.text("credential"), null,
      "The login that clients give. A token allows at most what this credential may do.");
  static final Option<String> ISSUER_SUBJECT = option("issuers[].claims.subject",
      Kind.text("claim"), "sub", "Claim that names of whom a token speaks: one role for each.");
  static final Option<Optional<String>> ISSUER_MODE = option("issuers[].claims.mode",
      Kind.optional(Kind.text("claim")), "",
      "Claim with `ro`, `rw` or `ddl`, which every token must then have.");
  static final Option<Optional<String>> ISSUER_DATABASES = option("issuers[].claims.databases",
      Kind.optional(Kind.text("claim")), "",
      "Claim with names or ids of databases, which every token must then have.");
  static final Option<String> ISSUER_SCOPE = option("issuers[].scope", Kind.text("text"), "openid",
      "What `oauthbearer` clients are told to ask the first issuer for.");

  static {
    section("http", "Health, metrics and the command line's own calls.");
  }
  static final Option<String> HTTP_ADDRESS = option("http.address", Kind.text("host"), "127.0.0.1",
      "Address to bind.");
  static final Option<Integer> HTTP_PORT = option("http.port", Kind.integer("port", 0, 65535),
      "6480", "TCP port; 0 takes a free one.");

  static {
    section("api", "The HTTP API under `/v1` and MCP, on the address and port of `http`.");
  }
  static final Option<Integer> API_CALLS = option("api.calls-per-minute",
      Kind.integer("calls", 1, 1_000_000), "600",
      "Calls that one key may make in a minute, through this proxy.");

  static {
    section("catalog", "The Postgres database that records accounts, credentials and databases.");
  }
  static final Option<String> CATALOG_URL = option("catalog.url",
      Kind.text("`embedded` or a postgresql:// URL"), "embedded",
      "`embedded` runs one in the home; else any Postgres 16 or newer.");
  static final Option<Optional<String>> CATALOG_USER = option("catalog.user",
      Kind.optional(Kind.text("role")), "", "Role to log in as, where the URL has none.");
  static final Option<Optional<Path>> CATALOG_PASSWORD_FILE = option("catalog.password-file",
      Kind.optional(Kind.path()), "", "File with that role's password.");
  static final Option<Integer> CATALOG_CONNECTIONS = option("catalog.connections",
      Kind.integer("connections", 2, 100), "8", "Connections kept to the catalog.");
  static final Option<Duration> CATALOG_POLL = option("catalog.poll",
      Kind.duration("100ms", "1h"), "1s",
      "How often changes are asked for, should a notification have been lost.");
  static final Option<Duration> CATALOG_STALENESS = option("catalog.max-staleness",
      Kind.duration("1s", "30d"), "24h",
      "How long what is known is served while the catalog is gone; not less than the poll.");

  static {
    section("cells[]", "Failure domains. Without any, two local ones, `a` and `b`.");
  }
  static final Option<String> CELL_ID = option("cells[].id", Kind.text("name"), null,
      "Name of the cell.");
  static final Option<CellKind> CELL_KIND = option("cells[].kind", Kind.choice(CellKind.class),
      "local", "`local` starts computes here; `static` is a Postgres that always runs.");
  static final Option<Integer> CELL_CAPACITY = option("cells[].capacity",
      Kind.integer("databases", 1, 1_000_000), "10000", "Databases that may live in it.");
  static final Option<Optional<Path>> CELL_DIRECTORY = option("cells[].directory",
      Kind.optional(Kind.path()), "", "Local: where its storage is; by default in the home.");
  static final Option<String> CELL_HOST = option("cells[].host", Kind.text("host"), "localhost",
      "Static: host to connect to, or the absolute path of a Unix socket.");
  static final Option<Integer> CELL_PORT = option("cells[].port", Kind.integer("port", 1, 65535),
      "5432", "Static: TCP port to connect to.");
  static final Option<ComputeTlsMode> CELL_TLS = option("cells[].tls",
      Kind.choice(ComputeTlsMode.class), "verify-full", "Static: as libpq's sslmode.");
  static final Option<Optional<Path>> CELL_ROOT = option("cells[].root-certificate",
      Kind.optional(Kind.path()), "", "Static: PEM file of the authority to trust.");
  static final Option<Integer> CELL_CONNECTIONS = option("cells[].connections",
      Kind.integer("connections", 1, 100_000), "100", "Static: connections it may be given.");
  static final Option<List<String>> CELL_DATABASES = option("cells[].databases",
      Kind.texts("names"), "", "Static: databases to offer, by the name that they have there.");
  static final Option<String> LOGIN_CREDENTIAL = option("cells[].logins[].credential",
      Kind.text("name"), "*", "Static: credential that logs in so; `*` stands for all others.");
  static final Option<String> LOGIN_ROLE = option("cells[].logins[].role", Kind.text("role"), null,
      "Role to log in as.");
  static final Option<Optional<Path>> LOGIN_PASSWORD_FILE = option(
      "cells[].logins[].password-file", Kind.optional(Kind.path()), "",
      "File with that role's password.");
  static final Option<Optional<Path>> LOGIN_CERTIFICATE = option("cells[].logins[].certificate",
      Kind.optional(Kind.path()), "", "PEM file with that role's client certificate.");
  static final Option<Optional<Path>> LOGIN_KEY = option("cells[].logins[].key",
      Kind.optional(Kind.path()), "", "PEM file with the client certificate's key.");

  static {
    section("compute", "The Postgres servers that local cells start.");
  }
  static final Option<Integer> POSTGRES_VERSION = option("compute.postgres-version",
      Kind.integer("major version", 16, 18), "18", "Which of the packaged versions to run.");
  static final Option<Optional<Path>> POSTGRES_BIN = option("compute.bin-directory",
      Kind.optional(Kind.path()), "",
      "Directory with an installed `postgres` and `initdb` to run instead.");
  static final Option<Integer> COMPUTE_CONNECTIONS = option("compute.max-connections",
      Kind.integer("connections", 5, 1000), "50", "`max_connections` of each compute.");
  static final Option<Long> SHARED_BUFFERS = option("compute.shared-buffers",
      Kind.size("1MB", "64GB"), "16MB", "`shared_buffers` of each compute.");
  static final Option<Duration> SUSPEND_AFTER = option("compute.suspend-after",
      Kind.duration("1s", "30d"), "5min", "Idle time after which a compute is suspended.");
  static final Option<Integer> PREPARED_COMPUTES = option("compute.prepared-running",
      Kind.integer("computes", 0, 100), "2", "Started, unnamed computes kept in each cell.");
  static final Option<Integer> PREPARED_STORAGES = option("compute.prepared-copied",
      Kind.integer("storages", 0, 1000), "8", "Copied, stopped storages kept in each cell.");

  static {
    section("wake", "What happens between a client's login and its compute's.");
  }
  static final Option<Duration> WAKE_DEADLINE = option("wake.deadline",
      Kind.duration("1s", "1h"), "60s", "Longest that a client waits, from login to row.");
  static final Option<Integer> WAKE_WAITERS = option("wake.waiters",
      Kind.integer("clients", 1, 100_000), "1000", "Clients that may wait for one database.");
  static final Option<Integer> WAKE_STARTS = option("wake.starts-at-once",
      Kind.integer("starts, 0 is twice the processors", 0, 1000), "0",
      "Computes that may be starting at the same time.");
  static final Option<Duration> WAKE_NOTICE = option("wake.notice-after",
      Kind.duration("100ms", "1h"), "1s", "Wait after which the client is told, by a NOTICE.");

  static {
    section("limits", "What one client may cost.");
  }
  static final Option<Integer> CONNECTIONS = option("limits.connections",
      Kind.integer("connections", 1, 1_000_000), "20000", "Client connections in all.");
  static final Option<Duration> LOGIN_DEADLINE = option("limits.login-deadline",
      Kind.duration("1s", "10min"), "30s", "Longest from connecting to proving the secret.");
  static final Option<Integer> UNPROVEN = option("limits.unproven",
      Kind.integer("connections", 1, 100_000), "64",
      "Connections of one address that may be logging in at a time; more of them wait, unread.");
  static final Option<Long> FRAME_LIMIT = option("limits.frame", Kind.size("1MB", "1GB"), "1GB",
      "Longest message that is relayed.");

  static {
    section("branches", "What is kept of branches.");
  }
  static final Option<Long> COPIED_BASE = option("branches.copied-base",
      Kind.size("0B", "1TB"), "64MB",
      "Where clones share nothing: the largest storage that is copied once more, so that a "
          + "merge can tell what the branch began as.");

  static {
    section("lifetimes", "How long databases and checkpoints live, and how they are forgotten.");
  }
  static final Option<Duration> AGENT_BRANCH = option("lifetimes.agent-branch",
      Kind.duration("1s", "3650d"), "24h", "A branch that an agent makes without a ttl.");
  static final Option<Duration> AGENT_DATABASE = option("lifetimes.agent-database",
      Kind.duration("1s", "3650d"), "72h", "The same for a database that begins empty.");
  static final Option<Duration> AGENT_LONGEST = option("lifetimes.agent-longest",
      Kind.duration("1s", "3650d"), "30d", "The longest ttl that an agent may ask for.");
  static final Option<Duration> AGENT_CHECKPOINT = option("lifetimes.agent-checkpoint",
      Kind.duration("1s", "3650d"), "7d", "A checkpoint that an agent makes.");
  static final Option<Duration> UNDO = option("lifetimes.undo", Kind.duration("1s", "3650d"),
      "72h", "A checkpoint that was made so that something can be undone.");
  static final Option<Duration> LIFETIME_WARN = option("lifetimes.warn",
      Kind.duration("1s", "30d"), "1h",
      "How long before its expiry a database's clients are told.");
  static final Option<Duration> LIFETIME_GRACE = option("lifetimes.grace",
      Kind.duration("1s", "3650d"), "24h", "How long an expired database is kept in the archive.");
  static final Option<Duration> ORPHAN_AFTER = option("lifetimes.orphan-after",
      Kind.duration("1s", "3650d"), "24h",
      "A database that no credential opens and nobody used for this long is given its end.");
  static final Option<Duration> LIFETIME_CHECK = option("lifetimes.check-every",
      Kind.duration("100ms", "1h"), "30s", "How often it is looked for what has expired.");

  static {
    section("plans[]",
        "What accounts may use, and what it costs. Without any, one: `default`, with "
            + "the values below. A limit that is nothing is none.");
  }
  static final Option<String> PLAN_NAME = option("plans[].name", Kind.text("name"), null,
      "Name of the plan.");
  static final Option<Optional<Integer>> PLAN_DATABASES = limit("live-databases", "10000",
      "Databases that are ready or being made; archived ones do not count.");
  static final Option<Optional<Integer>> PLAN_CREATES_MINUTE = limit("creates-per-minute", "3000",
      "Databases and branches made in a minute.");
  static final Option<Optional<Integer>> PLAN_CREATES_HOUR = limit("creates-per-hour", "30000",
      "The same in an hour.");
  static final Option<Optional<Integer>> PLAN_WAKES = limit("wakes-per-hour", "100000",
      "Computes started in an hour because a client connected.");
  static final Option<Optional<Integer>> PLAN_COMPUTE = limit("compute-seconds", "",
      "Seconds that computes may run in a month of UTC.");
  static final Option<Optional<Long>> PLAN_BYTES = option("plans[].bytes-stored",
      Kind.optional(Kind.size("1MB", "1000000TB")), "",
      "Bytes on disk, of databases, checkpoints and archives.");
  static final Option<Optional<Long>> PLAN_CAP = option("plans[].spend-cap",
      Kind.optional(Kind.money()), "", "Money that may be spent in a month of UTC.");
  static final Option<Integer> PLAN_CHURN = option("plans[].churn-per-hour",
      Kind.integer("databases", 1, 1_000_000_000), "1000",
      "Databases created and dropped again in an hour before that is slowed down.");
  static final Option<Integer> PLAN_CREDENTIALS = option("plans[].credentials-per-hour",
      Kind.integer("credentials", 1, 1_000_000_000), "1000",
      "Credentials made in an hour before that is slowed down.");
  static final Option<Long> PRICE_COMPUTE = option("plans[].price-compute-hour", Kind.money(), "0",
      "Price of an hour that a compute runs.");
  static final Option<Long> PRICE_STORAGE = option("plans[].price-gb-month", Kind.money(), "0",
      "Price of a GB (2^30 bytes) that is stored for 730 hours.");
  static final Option<Long> PRICE_WAKES = option("plans[].price-thousand-wakes", Kind.money(), "0",
      "Price of a thousand computes started.");
  static final Option<String> PLAN_CURRENCY = option("plans[].currency", Kind.text("currency"),
      "USD", "What prices and the cap are in, as it is shown.");

  static {
    section("accounts", "Whose databases and credentials these are.");
  }
  static final Option<String> DEFAULT_PLAN = option("accounts.default-plan", Kind.text("plan"),
      "default", "Plan of accounts that were not given another.");
  static final Option<Duration> METER_FLUSH = option("accounts.flush", Kind.duration("1s", "10min"),
      "5s", "How often what was metered is written down; a crash loses as much.");
  static final Option<Duration> METER_STORAGE = option("accounts.measure-storage",
      Kind.duration("1s", "1d"), "5min", "How often the bytes of every storage are added up.");

  static {
    section("audit", "What is written down of who came and what they did.");
  }
  static final Option<AuditedRequests> AUDIT_REQUESTS = option("audit.requests",
      Kind.choice(AuditedRequests.class), "agents",
      "Whose statements are written down, as a digest: `agents` means the credentials of agents.");
  static final Option<Boolean> AUDIT_TEXT = option("audit.request-text", Kind.yesNo(), "false",
      "Write the first 1,024 bytes of each statement as well. Parameters are never written.");
  static final Option<Boolean> AUDIT_FILE = option("audit.file", Kind.yesNo(), "true",
      "Write to `log/audit.jsonl` in the home, besides the table in the catalog.");
  static final Option<Duration> AUDIT_RETENTION = option("audit.retention",
      Kind.duration("1h", "3650d"), "30d", "Age at which entries are removed from the table.");

  static {
    section("undo",
        "Checkpoints before statements that destroy, for credentials that are marked so.");
  }
  static final Option<Duration> UNDO_INTERVAL = option("undo.interval",
      Kind.duration("0s", "1d"), "1min",
      "At most one checkpoint of a database in this time; a younger one stands.");

  static {
    section("drain", "How the process ends when it is told to.");
  }
  static final Option<Duration> DRAIN_DEADLINE = option("drain.deadline",
      Kind.duration("0s", "1h"), "30s", "Longest that sessions at work are waited for.");

  static {
    section("log", "What the process says about itself.");
  }
  static final Option<LogFormat> LOG_FORMAT = option("log.format", Kind.choice(LogFormat.class),
      "text", "`text` is key=value; `json` is one object a line.");
  static final Option<LogLevel> LOG_LEVEL = option("log.level", Kind.choice(LogLevel.class), "info",
      "Least important lines that are written; `debug` has each connection.");

  private Options() {
  }

  static List<Option<?>> all() {
    return Collections.unmodifiableList(ALL);
  }

  /** What each section is for, by its path. */
  static Map<String, String> sections() {
    return Collections.unmodifiableMap(SECTIONS);
  }

  private static void section(String path, String about) {
    SECTIONS.put(path, about);
  }

  private static Option<Optional<Integer>> limit(String key, String standard, String about) {
    return option("plans[]." + key,
        Kind.optional(Kind.integer("number", 0, Integer.MAX_VALUE)), standard, about);
  }

  private static <T> Option<T> option(String path, Kind<T> kind, @Nullable String defaultText,
      String about) {
    Option<T> option = new Option<>(path, kind, defaultText, about);
    ALL.add(option);
    return option;
  }
}
