package dev.reveille.cell.catalog;

import dev.reveille.cell.CatalogReader.Change;
import dev.reveille.cell.CatalogReader.Subscriber;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import static dev.reveille.cell.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

/** Keeps all that it is told. */
final class Ear implements Subscriber {
  final AtomicInteger connections = new AtomicInteger();
  final Queue<Change> heard = new ConcurrentLinkedQueue<>();

  @Override
  public void connected() {
    connections.incrementAndGet();
  }

  @Override
  public void changed(Change change) {
    heard.add(change);
  }

  void awaitConnections(int count) {
    await().untilAsserted(() -> assertThat(connections.get()).isGreaterThanOrEqualTo(count));
  }
}
