package dev.reveille.proxy.metrics;

import dev.reveille.proxy.session.SessionFacts;
import dev.reveille.proxy.session.SessionObserver;
import dev.reveille.proxy.session.SessionTimeline;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Remembers where the time of the latest connections went, for {@code reveille demo}. */
public final class Timelines implements SessionObserver {
  private static final int KEPT = 64;
  private final Deque<SessionTimeline> latest = new ArrayDeque<>();

  @Override
  public void ready(SessionFacts session, SessionTimeline timeline) {
    synchronized (latest) {
      latest.addFirst(timeline);
      if (latest.size() > KEPT) {
        latest.removeLast();
      }
    }
  }

  /** The latest connection to a database of that name, if it was among the latest of all. */
  public Optional<SessionTimeline> of(String database) {
    synchronized (latest) {
      return latest.stream().filter(t -> t.database().equals(database)).findFirst();
    }
  }
}
