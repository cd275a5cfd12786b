package dev.reveille.proxy.audit;

import java.util.List;

/** Where entries are kept. Called on one thread, and may block. */
interface AuditSink extends AutoCloseable {
  /** The bounded name in metrics and logs. */
  String name();

  /**
   * Keeps a batch, all of it or none.
   *
   * @return false when the sink is away and the same batch is to be tried again
   * @throws RuntimeException when this batch can never be kept
   */
  boolean keep(List<Noted> batch);

  @Override
  void close();
}
