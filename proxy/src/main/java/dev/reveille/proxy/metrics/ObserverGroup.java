package dev.reveille.proxy.metrics;

import dev.reveille.proxy.session.CloseReason;
import dev.reveille.proxy.session.Phase;
import dev.reveille.proxy.session.SessionFailure;
import dev.reveille.proxy.session.SessionObserver;
import dev.reveille.proxy.session.SessionTimeline;
import java.util.List;

/** Tells several observers the same, in order. */
public record ObserverGroup(List<SessionObserver> observers) implements SessionObserver {
  public ObserverGroup {
    observers = List.copyOf(observers);
  }

  @Override
  public void opened() {
    observers.forEach(SessionObserver::opened);
  }

  @Override
  public void phase(Phase phase, long nanos) {
    observers.forEach(observer -> observer.phase(phase, nanos));
  }

  @Override
  public void ready(SessionTimeline timeline) {
    observers.forEach(observer -> observer.ready(timeline));
  }

  @Override
  public void refused(SessionFailure failure) {
    observers.forEach(observer -> observer.refused(failure));
  }

  @Override
  public void bytes(long fromClient, long fromCompute) {
    observers.forEach(observer -> observer.bytes(fromClient, fromCompute));
  }

  @Override
  public void closed(CloseReason reason) {
    observers.forEach(observer -> observer.closed(reason));
  }
}
