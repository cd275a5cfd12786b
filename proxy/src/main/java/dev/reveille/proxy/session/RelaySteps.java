package dev.reveille.proxy.session;

import dev.reveille.compute.EndReason;
import dev.reveille.proxy.session.SessionAction.AnswerHold;
import dev.reveille.proxy.session.SessionAction.Hold;
import dev.reveille.proxy.session.SessionAction.Resume;
import dev.reveille.proxy.session.SessionAction.SeeRest;
import dev.reveille.proxy.session.SessionAction.StartTimer;
import dev.reveille.proxy.session.SessionEvent.AdmissionEvent;
import dev.reveille.proxy.session.SessionEvent.Broken;
import dev.reveille.proxy.session.SessionEvent.ClientEvent;
import dev.reveille.proxy.session.SessionEvent.ClientLeft;
import dev.reveille.proxy.session.SessionEvent.ComputeEvent;
import dev.reveille.proxy.session.SessionEvent.ComputeLeft;
import dev.reveille.proxy.session.SessionEvent.DrainAsked;
import dev.reveille.proxy.session.SessionEvent.EndAsked;
import dev.reveille.proxy.session.SessionEvent.Held;
import dev.reveille.proxy.session.SessionEvent.HoldAsked;
import dev.reveille.proxy.session.SessionEvent.LimitReached;
import dev.reveille.proxy.session.SessionEvent.OrderEvent;
import dev.reveille.proxy.session.SessionEvent.ProofEvent;
import dev.reveille.proxy.session.SessionEvent.Released;
import dev.reveille.proxy.session.SessionEvent.RestSeen;
import dev.reveille.proxy.session.SessionEvent.TimerFired;
import dev.reveille.proxy.session.SessionState.Holding;
import dev.reveille.proxy.session.SessionState.Relaying;
import java.time.Duration;

/** The established session: bytes pass without the machine, which only hears of its end. */
final class RelaySteps {
  /** How often a session that is to be drained is looked at. */
  private static final Duration REST_INTERVAL = Duration.ofMillis(50);

  Transition relaying(Relaying state, SessionEvent event) {
    return switch (event) {
      case HoldAsked _ -> state.draining()
          ? Transition.to(state, new AnswerHold(false))
          : Transition.to(state, new Hold());
      case Held(var held) when held ->
        Transition.to(new Holding(state.proven(), state.target()), new AnswerHold(true));
      case Held _ -> Transition.to(state, new AnswerHold(false));
      case DrainAsked(var patience) when state.draining() ->
        Transition.to(state, new StartTimer(Timer.DRAIN, patience));
      case DrainAsked(var patience) ->
        Transition.to(new Relaying(state.proven(), state.target(), true),
            new StartTimer(Timer.DRAIN, patience), new SeeRest());
      case RestSeen _ when !state.draining() -> Transition.to(state);
      case RestSeen(var atRest) -> atRest
          ? drained(state)
          : Transition.to(state, new StartTimer(Timer.REST, REST_INTERVAL));
      case TimerFired(var timer) -> switch (timer) {
        case REST -> Transition.to(state, new SeeRest());
        case DRAIN -> drained(state);
        case EXPIRY -> Standing.lookAgain(state);
        case LOGIN, REFUSAL, DEADLINE, NOTICE, RETRY -> Transition.to(state);
      };
      case ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _ ->
        established(state, event);
    };
  }

  Transition holding(Holding state, SessionEvent event) {
    return switch (event) {
      case HoldAsked _ -> Transition.to(state, new AnswerHold(true));
      case Released _ -> Transition.to(new Relaying(state.proven(), state.target(), false),
          new Resume());
      // The compute stops as soon as everyone is held; its end may be seen before the order to end.
      case ComputeLeft _ -> endAsked(state, EndReason.SUSPENDED);
      // Held means at rest: there is nothing to wait for.
      case DrainAsked _ -> drained(state);
      case TimerFired(var timer) -> switch (timer) {
        case EXPIRY -> Standing.lookAgain(state);
        case REST, DRAIN, LOGIN, REFUSAL, DEADLINE, NOTICE, RETRY -> Transition.to(state);
      };
      case ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _ ->
        established(state, event);
    };
  }

  private static Transition established(SessionState state, SessionEvent event) {
    return switch (event) {
      case ClientLeft(var midQuery) -> Ending.close(state,
          midQuery ? CloseReason.CLIENT_LOST : CloseReason.CLIENT_LEFT);
      case ComputeLeft(var midQuery) -> Ending.close(state,
          midQuery ? CloseReason.COMPUTE_LOST : CloseReason.COMPUTE_CLOSED);
      case Broken(var failure) -> failure == SessionFailure.Fixed.INTERNAL
          ? Ending.refuse(state, failure)
          // The relay has told the client already.
          : Ending.close(state, CloseReason.MALFORMED);
      case EndAsked(var reason) -> endAsked(state, reason);
      case LimitReached(var failure) -> Ending.end(state, CloseReason.LIMITED, failure);
      case ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _,TimerFired _ ->
        Anywhere.step(state, event);
    };
  }

  private static Transition endAsked(SessionState state, EndReason reason) {
    return switch (reason) {
      case SUSPENDED -> Ending.finish(state, CloseReason.SUSPENDED,
          "the database was suspended",
          "Connect again: it wakes when it is asked for.");
      case RESTORED -> Ending.finish(state, CloseReason.SUSPENDED,
          "the database was restored from a checkpoint", "Connect again to see what it is now.");
      case EXPIRED -> Ending.finish(state, CloseReason.SUSPENDED,
          "the database has expired and is archived",
          "ALTER DATABASE … SET (ttl = '1 d') on the database \"reveille\" brings it back.");
      case DROPPED -> Ending.finish(state, CloseReason.DROPPED,
          "the database was dropped", "Create it again, or connect to another.");
      case STOPPING -> drained(state);
      // The relay sees the end of the connection itself, and knows what to tell the client.
      case COMPUTE_LOST -> Transition.to(state);
    };
  }

  private static Transition drained(SessionState state) {
    return Ending.finish(state, CloseReason.DRAINED, "the proxy is shutting down",
        "It is safe to connect again.");
  }
}
