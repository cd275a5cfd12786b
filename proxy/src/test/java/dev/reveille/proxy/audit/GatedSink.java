package dev.reveille.proxy.audit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A sink that can be away, or broken, and remembers what it kept. */
final class GatedSink implements AuditSink {
  enum Gate {
    OPEN, AWAY, BROKEN
  }

  final List<Noted> kept = new CopyOnWriteArrayList<>();
  volatile Gate gate = Gate.OPEN;
  volatile boolean closed;

  @Override
  public String name() {
    return "gated";
  }

  @Override
  public boolean keep(List<Noted> batch) {
    return switch (gate) {
      case OPEN -> kept.addAll(batch);
      case AWAY -> false;
      case BROKEN -> throw new IllegalStateException("broken");
    };
  }

  @Override
  public void close() {
    closed = true;
  }
}
