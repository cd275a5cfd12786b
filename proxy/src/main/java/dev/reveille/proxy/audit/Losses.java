package dev.reveille.proxy.audit;

/** Hears what could not be kept. Any thread; must not block. */
public interface Losses {
  /**
   * Events are lost to one sink.
   *
   * @param sink {@code file} or {@code table}
   * @param requests whether they are statements of clients, which are the first to go
   */
  void lost(String sink, boolean requests, long count);

  /** Nobody hears of them. */
  Losses NONE = (sink, requests, count) -> {
  };
}
