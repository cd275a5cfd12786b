package dev.reveille.cell;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A catalog in memory that can be taken away, and whose notifications are sent by hand. */
public class FakeCatalog implements CatalogReader {
  public final Map<String, Credential> credentials = new ConcurrentHashMap<>();
  public final Map<String, Route> routes = new ConcurrentHashMap<>();
  public final AtomicInteger lookups = new AtomicInteger();
  public final AtomicInteger polls = new AtomicInteger();
  private final AtomicLong position = new AtomicLong();
  private final List<Change> stream = new ArrayList<>();
  public volatile boolean gone;
  public volatile boolean gap;
  private volatile @Nullable Subscriber subscriber;

  @Override
  public Optional<Credential> credential(String name) {
    lookups.incrementAndGet();
    return answer(Optional.ofNullable(credentials.get(name)));
  }

  @Override
  public Optional<Route> route(AccountId account, String name) {
    lookups.incrementAndGet();
    return answer(Optional.ofNullable(routes.get(name)).filter(r -> r.account().equals(account)));
  }

  /** Appends to the stream without telling anyone. */
  public void append(Subject subject, Object id, long version) {
    synchronized (stream) {
      stream.add(new Change(subject, id.toString(), version));
      position.incrementAndGet();
    }
  }

  /** Tells the subscriber, without appending to the stream. */
  public void announce(Subject subject, Object id, long version) {
    Subscriber listening = subscriber;
    if (listening != null) {
      listening.changed(new Change(subject, id.toString(), version));
    }
  }

  @Override
  public Changes changesSince(Optional<Cursor> cursor) {
    polls.incrementAndGet();
    answer(true);
    synchronized (stream) {
      Cursor next = new Cursor(position.get());
      if (gap) {
        gap = false;
        return new Changes(List.of(), next, false);
      }
      int from = cursor.map(c -> (int) c.oldestUnfinished()).orElse(stream.size());
      return new Changes(stream.subList(from, stream.size()), next, true);
    }
  }

  @Override
  public void forgetChanges(Duration age) {
    answer(true);
  }

  @Override
  public CellContents contents(CellId cell) {
    return answer(new CellContents(
        routes.values().stream().filter(route -> route.homeCell().equals(cell)).toList(),
        List.copyOf(credentials.values())));
  }

  @Override
  public Subscription subscribe(Subscriber subscriber) {
    this.subscriber = subscriber;
    return () -> this.subscriber = null;
  }

  private <T> T answer(T answer) {
    if (gone) {
      throw new CatalogUnavailableException("the catalog is gone", null);
    }
    return answer;
  }
}
