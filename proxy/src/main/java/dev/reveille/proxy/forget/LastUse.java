package dev.reveille.proxy.forget;

import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.LifetimeTable;
import dev.reveille.compute.ComputeStatus;
import dev.reveille.proxy.session.CloseReason;
import dev.reveille.proxy.session.SessionFacts;
import dev.reveille.proxy.session.SessionObserver;
import dev.reveille.proxy.session.SessionTimeline;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * Remembers when databases were last connected to, and tells the catalog, at most once a minute for each
 * of them. A session only leaves a note here, on its event loop; telling blocks and is somebody else's.
 */
public final class LastUse implements SessionObserver {
  private static final Duration OFTEN = Duration.ofMinutes(1);
  private static final int REMEMBERED = 100_000;

  private final InstantSource clock;
  private final Supplier<List<ComputeStatus>> statuses;
  private final ConcurrentMap<DatabaseId, Instant> noted = new ConcurrentHashMap<>();
  /** What the catalog was told; only the teller's. */
  private final Map<DatabaseId, Instant> told = new HashMap<>();

  /** @param statuses what runs now: a database with sessions is in use however old they are */
  public LastUse(InstantSource clock, Supplier<List<ComputeStatus>> statuses) {
    this.clock = clock;
    this.statuses = statuses;
  }

  @Override
  public void ready(SessionFacts session, SessionTimeline timeline) {
    note(session);
  }

  @Override
  public void closed(SessionFacts session, CloseReason reason) {
    if (session.processId().isPresent()) {
      note(session);
    }
  }

  private void note(SessionFacts session) {
    session.known().databaseId().ifPresent(database -> noted.put(database, clock.instant()));
  }

  /** Blocks. What could not be told is told the next time. */
  synchronized void tell(LifetimeTable lifetimes) {
    Instant now = clock.instant();
    for (ComputeStatus status : statuses.get()) {
      if (status.sessions() > 0) {
        noted.put(status.database(), now);
      }
    }
    Map<DatabaseId, Instant> news = new HashMap<>();
    noted.forEach((database, used) -> {
      Instant before = told.get(database);
      if (before == null || !used.isBefore(before.plus(OFTEN))) {
        news.put(database, used);
      }
    });
    if (!news.isEmpty()) {
      lifetimes.noteUse(news);
      told.putAll(news);
      news.forEach(noted::remove);
    }
    if (told.size() > REMEMBERED) {
      told.values().removeIf(used -> used.plus(OFTEN).isBefore(now));
    }
  }
}
