package dev.reveille.proxy.session;

import dev.reveille.proxy.connect.ConnectOutcome;
import dev.reveille.proxy.session.SessionAction.AnswerHold;
import dev.reveille.proxy.session.SessionAction.Discard;
import dev.reveille.proxy.session.SessionEvent.Broken;
import dev.reveille.proxy.session.SessionEvent.ClientEvent;
import dev.reveille.proxy.session.SessionEvent.ClientLeft;
import dev.reveille.proxy.session.SessionEvent.ComputeEvent;
import dev.reveille.proxy.session.SessionEvent.Connected;
import dev.reveille.proxy.session.SessionEvent.DrainAsked;
import dev.reveille.proxy.session.SessionEvent.EndAsked;
import dev.reveille.proxy.session.SessionEvent.HoldAsked;
import dev.reveille.proxy.session.SessionEvent.OrderEvent;
import dev.reveille.proxy.session.SessionEvent.TimerFired;
import dev.reveille.proxy.session.SessionState.Arriving;
import dev.reveille.proxy.session.SessionState.Closed;
import dev.reveille.proxy.session.SessionState.Greeting;
import dev.reveille.proxy.session.SessionState.Opening;
import dev.reveille.proxy.session.SessionState.Securing;

/**
 * What means the same in every state that does not say otherwise: the client leaves, an order to
 * end, the login's time is up, and answers to questions that are no longer asked, which are ignored
 * unless they hand over something that has to be given back.
 */
final class Anywhere {
  private Anywhere() {
  }

  static Transition step(SessionState state, SessionEvent event) {
    if (state instanceof Closed) {
      return late(state, event);
    }
    return switch (event) {
      case ClientLeft _ -> Ending.close(state, whyLeft(state));
      case Broken(var failure) -> Ending.refuse(state, failure);
      case ClientEvent _ -> Ending.refuse(state,
          new SessionFailure.Malformed("message out of order"));
      case DrainAsked _ -> silent(state)
          ? Ending.close(state, CloseReason.DRAINED)
          : Ending.refuse(state, SessionFailure.Fixed.DRAINING);
      case EndAsked(var reason) -> switch (reason) {
        case DROPPED -> Ending.refuse(state, gone(state));
        case STOPPING, SUSPENDED, RESTORED, EXPIRED ->
          Ending.refuse(state, SessionFailure.Fixed.DRAINING);
        case COMPUTE_LOST -> Transition.to(state);
      };
      case TimerFired(var timer) when timer == Timer.LOGIN -> silent(state)
          ? Ending.close(state, CloseReason.REFUSED)
          : Ending.refuse(state, SessionFailure.Fixed.LOGIN_TIMEOUT);
      case SessionEvent.CredentialChanged _ -> Standing.lookAgain(state);
      case TimerFired(var timer) when timer == Timer.EXPIRY -> Standing.lookAgain(state);
      case SessionEvent.CredentialFound(var found, var now) ->
        Standing.seenAgain(state, found, now);
      case SessionEvent.LookupFailed(var now) -> Standing.notSeen(state, now);
      case TimerFired _,ComputeEvent _,OrderEvent _ -> late(state, event);
      case SessionEvent.ProofEvent _,SessionEvent.AdmissionEvent _ -> Transition.to(state);
    };
  }

  /** An answer that comes too late changes nothing, but what it hands over goes back. */
  private static Transition late(SessionState state, SessionEvent event) {
    return switch (event) {
      case HoldAsked _ -> Transition.to(state, new AnswerHold(state instanceof Closed));
      case Connected(_, ConnectOutcome.Ready(var link), _) ->
        Transition.to(state, new Discard(link));
      case ClientEvent _,ComputeEvent _,OrderEvent _,TimerFired _ -> Transition.to(state);
      case SessionEvent.ProofEvent _,SessionEvent.AdmissionEvent _ -> Transition.to(state);
    };
  }

  private static CloseReason whyLeft(SessionState state) {
    return switch (state) {
      case Arriving _ -> CloseReason.PROBE;
      case Opening(Greeting greeting) when greeting.untouched() -> CloseReason.PROBE;
      case Opening _,Securing _ -> CloseReason.CLIENT_LEFT;
      case SessionState.Proving _,SessionState.Identifying _,SessionState.Judging _,SessionState.Failing _ ->
        CloseReason.CLIENT_LEFT;
      case SessionState.Routing _,SessionState.Seating _,SessionState.Waking _,SessionState.Readmitting _,SessionState.Queueing _,SessionState.Preparing _,SessionState.Connecting _,SessionState.Pausing _ ->
        CloseReason.CLIENT_LOST;
      case SessionState.Relaying _,SessionState.Holding _,Closed _ -> CloseReason.CLIENT_LEFT;
    };
  }

  /** Whether the client has not said yet that it speaks the protocol at all. */
  private static boolean silent(SessionState state) {
    return state instanceof Arriving || state instanceof Opening || state instanceof Securing;
  }

  private static SessionFailure gone(SessionState state) {
    return switch (state) {
      case SessionState.Readmitting(var errand, _) ->
        new SessionFailure.NoSuchDatabase(errand.database());
      case SessionState.Queueing(var errand, _) ->
        new SessionFailure.NoSuchDatabase(errand.database());
      case SessionState.Preparing(var errand, _, _) ->
        new SessionFailure.NoSuchDatabase(errand.database());
      case SessionState.Connecting(var errand, _, _) ->
        new SessionFailure.NoSuchDatabase(errand.database());
      case SessionState.Pausing(var errand, _, _) ->
        new SessionFailure.NoSuchDatabase(errand.database());
      case SessionState.Arriving _,SessionState.Opening _,SessionState.Securing _,SessionState.Proving _,SessionState.Identifying _,SessionState.Judging _,SessionState.Failing _,SessionState.Routing _,SessionState.Seating _,SessionState.Waking _,SessionState.Relaying _,SessionState.Holding _,Closed _ ->
        SessionFailure.Fixed.DRAINING;
    };
  }
}
