package dev.reveille.proxy.session;

import dev.reveille.cell.Credential;
import dev.reveille.cell.Route;
import dev.reveille.compute.StartRefusal;
import dev.reveille.compute.WakeOutcome;
import dev.reveille.proxy.budget.AccountSpent;
import dev.reveille.proxy.budget.Budget;
import dev.reveille.proxy.budget.Spent;
import dev.reveille.proxy.session.SessionAction.AbandonWake;
import dev.reveille.proxy.session.SessionAction.Attach;
import dev.reveille.proxy.session.SessionAction.CheckSeat;
import dev.reveille.proxy.session.SessionAction.LookUpCredential;
import dev.reveille.proxy.session.SessionAction.Mark;
import dev.reveille.proxy.session.SessionAction.TakeSeat;
import dev.reveille.proxy.session.SessionAction.TakeSlot;
import dev.reveille.proxy.session.SessionAction.Wake;
import dev.reveille.proxy.session.SessionEvent.AdmissionEvent;
import dev.reveille.proxy.session.SessionEvent.ClientEvent;
import dev.reveille.proxy.session.SessionEvent.ComputeEvent;
import dev.reveille.proxy.session.SessionEvent.CredentialFound;
import dev.reveille.proxy.session.SessionEvent.LookupFailed;
import dev.reveille.proxy.session.SessionEvent.OrderEvent;
import dev.reveille.proxy.session.SessionEvent.ProofEvent;
import dev.reveille.proxy.session.SessionEvent.RouteFound;
import dev.reveille.proxy.session.SessionEvent.SeatRefused;
import dev.reveille.proxy.session.SessionEvent.SeatTaken;
import dev.reveille.proxy.session.SessionEvent.TimerFired;
import dev.reveille.proxy.session.SessionEvent.Woken;
import dev.reveille.proxy.session.SessionFailure.Fixed;
import dev.reveille.proxy.session.SessionState.Errand;
import dev.reveille.proxy.session.SessionState.Queueing;
import dev.reveille.proxy.session.SessionState.Readmitting;
import dev.reveille.proxy.session.SessionState.Routing;
import dev.reveille.proxy.session.SessionState.Seating;
import dev.reveille.proxy.session.SessionState.Target;
import dev.reveille.proxy.session.SessionState.Waking;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** From the proof to a compute that is awake. Everything that may refuse comes before the wake. */
final class AdmissionSteps {

  Transition routing(Routing state, SessionEvent event) {
    return switch (event) {
      case RouteFound(var route) -> routed(state, route);
      case LookupFailed _ -> Ending.refuse(state, Fixed.CATALOG_UNREACHABLE);
      case TimerFired(var timer) when timer == Timer.DEADLINE ->
        Ending.refuse(state, Fixed.CATALOG_UNREACHABLE);
      case ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _,TimerFired _ ->
        Anywhere.step(state, event);
    };
  }

  private static Transition routed(Routing state, Optional<Route> found) {
    var proven = state.proven();
    if (found.isEmpty()) {
      return Ending.refuse(state,
          new SessionFailure.NoSuchDatabase(proven.caller().startup().database()));
    }
    var outOfScope = outOfScope(proven.credential(), found.get());
    if (outOfScope.isPresent()) {
      return Ending.refuse(state, outOfScope.get());
    }
    if (found.get().lifetime().archived()) {
      return Ending.refuse(state, new ComputeFailure.Archived(found.get().name(),
          found.get().lifetime().expiresAt()));
    }
    return Transition.to(new Seating(new Errand(proven, found.get(), 1, false)),
        new TakeSeat(proven.credential()));
  }

  Transition seating(Seating state, SessionEvent event) {
    var errand = state.errand();
    return switch (event) {
      case SeatTaken _ -> Transition.to(new Waking(errand), new Mark(Phase.ROUTE),
          new Wake(errand.attempt(), errand.route(), errand.proven().credential()));
      case SeatRefused(var failure) -> Ending.refuse(state, failure);
      case ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _,TimerFired _ ->
        Anywhere.step(state, event);
    };
  }

  Transition waking(Waking state, SessionEvent event) {
    var errand = state.errand();
    return switch (event) {
      case Woken(var attempt, var outcome) when attempt == errand.attempt() ->
        woken(state, outcome);
      case TimerFired(var timer) when timer == Timer.NOTICE ->
        Waiting.tell(state, "database \"" + errand.database() + "\" is waking up");
      case TimerFired(var timer) when timer == Timer.DEADLINE ->
        Ending.refuse(state, new ComputeFailure.StillWaking(errand.database()));
      case ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _,TimerFired _ ->
        Anywhere.step(state, event);
    };
  }

  private static Transition woken(Waking state, WakeOutcome outcome) {
    var errand = state.errand();
    return switch (outcome) {
      case WakeOutcome.Ready(var endpoint, var cold) -> {
        var target = new Target(endpoint, cold || errand.askedAgain(), cold);
        yield Transition.to(new Readmitting(errand.next(), target),
            new Attach(endpoint.database()), new AbandonWake(), new Mark(Phase.WAKE),
            new LookUpCredential(errand.proven().credential().name()));
      }
      case WakeOutcome.TooManyWaiters(var limit) ->
        Ending.refuse(state, new LimitFailure.TooManyWaiters(errand.database(), limit));
      case WakeOutcome.BackingOff(Duration retryAfter, _) -> Ending.refuse(state,
          new ComputeFailure.WakeFailed(errand.database(), Optional.of(retryAfter)));
      case WakeOutcome.NotAllowed(var refusal) ->
        Ending.refuse(state, notAllowed(errand.proven().credential(), refusal));
      case WakeOutcome.Failed _ -> Ending.refuse(state,
          new ComputeFailure.WakeFailed(errand.database(), Optional.empty()));
      case WakeOutcome.Dropped _ ->
        Ending.refuse(state, new SessionFailure.NoSuchDatabase(errand.database()));
    };
  }

  private static LimitFailure notAllowed(Credential credential, StartRefusal refusal) {
    return refusal instanceof AccountSpent spent
        ? new LimitFailure.AccountBudgetSpent(spent)
        : new LimitFailure.BudgetSpent(credential.name(), new Spent(Budget.WAKES,
            credential.scope().limits().wakesPerHour(), Optional.of(refusal.again())));
  }

  Transition readmitting(Readmitting state, SessionEvent event) {
    return switch (event) {
      case CredentialFound(var credential, var now) -> readmitted(state, credential, now);
      case LookupFailed _ -> Ending.refuse(state, Fixed.CATALOG_UNREACHABLE);
      case TimerFired(var timer) when timer == Timer.DEADLINE ->
        Ending.refuse(state, Fixed.CATALOG_UNREACHABLE);
      case SessionEvent.EndAsked(var reason) when Waiting.wakesAgain(reason) ->
        Waiting.askAgain(state, state.errand(), state.target());
      case ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _,TimerFired _ ->
        Anywhere.step(state, event);
    };
  }

  /** The wake may have taken long: what was true before it is asked once more. */
  private static Transition readmitted(Readmitting state, Optional<Credential> found,
      Instant now) {
    var errand = state.errand();
    var known = errand.proven().credential();
    if (found.isEmpty() || !found.get().id().equals(known.id())) {
      return Ending.refuse(state, new SessionFailure.Revoked(known.name()));
    }
    var refusal = ProofSteps.unfit(found.get(), now)
        .or(() -> outOfScope(found.get(), errand.route()));
    if (refusal.isPresent()) {
      return Ending.refuse(state, refusal.get());
    }
    return Transition.to(new Queueing(errand.with(found.get()), state.target()),
        new CheckSeat(found.get()), new TakeSlot(errand.attempt(), state.target().endpoint()));
  }

  private static Optional<SessionFailure> outOfScope(Credential credential, Route route) {
    return credential.databases().allows(route.database())
        ? Optional.empty()
        : Optional.of(new SessionFailure.DatabaseOutOfScope(credential.name(), route.name()));
  }
}
