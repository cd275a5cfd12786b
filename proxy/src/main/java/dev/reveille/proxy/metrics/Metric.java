package dev.reveille.proxy.metrics;

import java.util.List;

/**
 * Every metric, once: the reference page and the registration follow from here. Names are
 * Micrometer's; Prometheus' come out with underscores and the usual suffixes.
 */
public enum Metric {
  // @formatter:off
  SESSIONS("reveille.sessions", Type.GAUGE, "", "Client connections that are open now."),
  OPENED("reveille.connections", Type.COUNTER, "", "Client connections accepted."),
  CLOSED("reveille.connections.closed", Type.COUNTER, "", "Client connections that ended, and why.",
      "reason"),
  REFUSED("reveille.refusals", Type.COUNTER, "",
      "Errors that clients were sent by the proxy itself; kind names the limit where it was one.", "sqlstate", "kind"),
  CONNECT("reveille.connect", Type.HISTOGRAM, "seconds",
      "From the accepted connection to ReadyForQuery; start is cold or warm.", "start"),
  CONNECT_PHASE("reveille.connect.phase", Type.HISTOGRAM, "seconds",
      "Where that time went: startup, tls, auth, route, wake, connect.", "start", "phase"),
  FIRST_BYTE("reveille.first.byte", Type.HISTOGRAM, "seconds",
      "From ReadyForQuery to the first byte of an answer to the client's first request."),
  RELAYED("reveille.relayed", Type.COUNTER, "bytes",
      "Bytes relayed; direction is from_client or from_compute.", "direction"),
  WAKES("reveille.wakes", Type.COUNTER, "",
      "Answers to clients that asked for a compute: warm, cold, too_many_waiters, backing_off, "
          + "failed, dropped, abandoned.", "outcome"),
  STARTS("reveille.starts", Type.COUNTER, "",
      "Sleeping databases whose compute was started, however many clients waited for it.", "cell"),
  CLONES("reveille.clone", Type.HISTOGRAM, "seconds",
      "From the request for a clone of a storage to the durable clone; driver is btrfs, reflink or copy.",
      "driver"),
  COMPUTES("reveille.computes", Type.GAUGE, "", "Computes by cell and state.", "cell", "state"),
  PREPARED("reveille.prepared", Type.GAUGE, "",
      "Storages without a name, ready to become databases; kind is running or copied.", "cell",
      "kind"),
  WAITERS("reveille.waiters", Type.GAUGE, "", "Clients that wait for a compute now."),
  BUDGET_REFUSALS("reveille.budget.refusals", Type.COUNTER, "",
      "What accounts were refused because a budget of theirs is used up.", "budget"),
  SLOWED("reveille.budget.slowed", Type.COUNTER, "seconds",
      "Time that creates had to wait because of churn."),
  COMPUTE_TIME("reveille.compute.time", Type.COUNTER, "seconds",
      "Time that computes ran, as it was metered for accounts."),
  CATALOG_UP("reveille.catalog.up", Type.GAUGE, "", "1 while the catalog answers, else 0."),
  CERTIFICATE("reveille.certificate.expiry", Type.GAUGE, "seconds",
      "Time until the server certificate expires."),
  AUDIT_LOST("reveille.audit.lost", Type.COUNTER, "",
      "Audit events that could not be kept; sink is file or table, kind is request or other.",
      "sink", "kind"),
  HEAP("reveille.heap.used", Type.GAUGE, "bytes", "Memory that the process' objects take."),
  DIRECT("reveille.buffers.used", Type.GAUGE, "bytes", "Memory that network buffers hold."),
  CPU("reveille.cpu", Type.COUNTER, "seconds", "Processor time that the process has used."),
  STARTED("reveille.start.time", Type.GAUGE, "seconds", "When the process started, since 1970.");
  // @formatter:on

  /** How a metric moves. */
  enum Type {
    COUNTER, GAUGE, HISTOGRAM
  }

  private final String id;
  private final Type type;
  private final String unit;
  private final String about;
  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> labels;

  Metric(String id, Type type, String unit, String about, String... labels) {
    this.id = id;
    this.type = type;
    this.unit = unit;
    this.about = about;
    this.labels = List.of(labels);
  }

  String id() {
    return id;
  }

  Type type() {
    return type;
  }

  String unit() {
    return unit;
  }

  String about() {
    return about;
  }

  List<String> labels() {
    return labels;
  }

  /** As Prometheus shows it. */
  String prometheusName() {
    String name = id.replace('.', '_');
    if (!unit.isEmpty()) {
      name += "_" + unit;
    }
    return type == Type.COUNTER ? name + "_total" : name;
  }
}
