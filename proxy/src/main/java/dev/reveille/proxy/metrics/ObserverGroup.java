package dev.reveille.proxy.metrics;

import dev.reveille.proxy.cancel.CancelOutcome;
import dev.reveille.proxy.relay.RequestListener;
import dev.reveille.proxy.session.CloseReason;
import dev.reveille.proxy.session.Phase;
import dev.reveille.proxy.session.SessionFacts;
import dev.reveille.proxy.session.SessionFailure;
import dev.reveille.proxy.session.SessionObserver;
import dev.reveille.proxy.session.SessionTimeline;
import java.util.List;
import java.util.Optional;

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
  public void ready(SessionFacts session, SessionTimeline timeline) {
    observers.forEach(observer -> observer.ready(session, timeline));
  }

  /** There is one who does. */
  @Override
  public Optional<RequestListener> requests(SessionFacts session) {
    return observers.stream()
        .flatMap(observer -> observer.requests(session).stream())
        .findFirst();
  }

  @Override
  public void refused(SessionFacts session, SessionFailure failure) {
    observers.forEach(observer -> observer.refused(session, failure));
  }

  @Override
  public void bytes(long fromClient, long fromCompute) {
    observers.forEach(observer -> observer.bytes(fromClient, fromCompute));
  }

  @Override
  public void closed(SessionFacts session, CloseReason reason) {
    observers.forEach(observer -> observer.closed(session, reason));
  }

  @Override
  public void cancelled(SessionFacts session, int processId, CancelOutcome outcome) {
    observers.forEach(observer -> observer.cancelled(session, processId, outcome));
  }
}
