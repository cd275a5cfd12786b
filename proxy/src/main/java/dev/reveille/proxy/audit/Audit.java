package dev.reveille.proxy.audit;

/** Where events go to be written down. */
@FunctionalInterface
public interface Audit {
  /**
   * Takes an event over. Never blocks and never throws, so it may be called on an event loop; what
   * cannot be kept is counted. Any thread.
   */
  void record(AuditEvent event);

  /** Writes nothing down. */
  Audit NONE = event -> {
  };
}
