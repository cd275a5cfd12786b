package dev.reveille.compute.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The Postgres settings of a local compute, given on its command line so that storages stay
 * identical. They make a start quick and a sleeping database cheap; none is traded against
 * durability: fsync, full_page_writes, synchronous_commit, checksums, autovacuum and
 * wal_level=replica stay as Postgres has them.
 *
 * @param sharedBuffersMegabytes 16 to 32 cost nothing at the start
 * @param maxConnections sessions besides the {@link #RESERVED_CONNECTIONS} kept for administration
 * @param clientConnectionCheckInterval how soon a running statement notices that its client has gone
 * @param extra further settings by name; they win over the ones given here
 */
public record ComputeSettings(int sharedBuffersMegabytes, int maxConnections,
    Duration clientConnectionCheckInterval, Map<String, String> extra) {
  /** Connections that only the administrative role may use. */
  public static final int RESERVED_CONNECTIONS = 3;

  public static final ComputeSettings DEFAULTS = new ComputeSettings(16, 50, Duration.ofSeconds(2),
      Map.of());

  public ComputeSettings {
    if (sharedBuffersMegabytes < 1 || maxConnections < 1
        || clientConnectionCheckInterval.isNegative()) {
      throw new IllegalArgumentException("sizes and intervals must be positive");
    }
    extra = Map.copyOf(extra);
  }

  public ComputeSettings withMaxConnections(int connections) {
    return new ComputeSettings(sharedBuffersMegabytes, connections, clientConnectionCheckInterval,
        extra);
  }

  public ComputeSettings withExtra(Map<String, String> settings) {
    return new ComputeSettings(sharedBuffersMegabytes, maxConnections,
        clientConnectionCheckInterval, settings);
  }

  /** The {@code -c name=value} arguments for a server of this major version. */
  List<String> arguments(int major, Path socketDirectory, String clusterName) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("listen_addresses", "");
    settings.put("port", Integer.toString(SocketDirectory.PORT));
    settings.put("unix_socket_directories", socketDirectory.toString());
    settings.put("unix_socket_permissions", "0700");
    settings.put("cluster_name", clusterName);
    settings.put("shared_buffers", sharedBuffersMegabytes + "MB");
    settings.put("max_connections", Integer.toString(maxConnections + RESERVED_CONNECTIONS));
    settings.put("superuser_reserved_connections", Integer.toString(RESERVED_CONNECTIONS));
    settings.put("max_worker_processes", "4");
    settings.put("max_logical_replication_workers", "0");
    settings.put("jit", "off");
    settings.put("huge_pages", "off");
    settings.put("recovery_init_sync_method", "syncfs");
    settings.put("max_wal_size", "1GB");
    settings.put("client_connection_check_interval",
        clientConnectionCheckInterval.toMillis() + "ms");
    settings.put("log_destination", "stderr");
    settings.put("logging_collector", "off");
    settings.put("log_line_prefix", "%m [%p] %q%u@%d ");
    settings.put("log_min_error_statement", "panic");
    settings.put("log_error_verbosity", "terse");
    if (major >= 18) {
      settings.put("io_method", "sync");
    }
    settings.putAll(extra);
    List<String> arguments = new ArrayList<>();
    settings.forEach((name, value) -> {
      arguments.add("-c");
      arguments.add(name + "=" + value);
    });
    return arguments;
  }
}
