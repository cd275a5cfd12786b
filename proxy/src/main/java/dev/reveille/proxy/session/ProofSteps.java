package dev.reveille.proxy.session;

import dev.reveille.cell.Allowance;
import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseName;
import dev.reveille.proxy.session.SessionAction.CheckProof;
import dev.reveille.proxy.session.SessionAction.CountSecret;
import dev.reveille.proxy.session.SessionAction.JudgeProof;
import dev.reveille.proxy.session.SessionAction.KeepAhead;
import dev.reveille.proxy.session.SessionAction.LeaveLobby;
import dev.reveille.proxy.session.SessionAction.LookUpCredential;
import dev.reveille.proxy.session.SessionAction.LookUpRoute;
import dev.reveille.proxy.session.SessionAction.Mark;
import dev.reveille.proxy.session.SessionAction.Send;
import dev.reveille.proxy.session.SessionAction.StartTimer;
import dev.reveille.proxy.session.SessionAction.StopTimer;
import dev.reveille.proxy.session.SessionEvent.AdmissionEvent;
import dev.reveille.proxy.session.SessionEvent.ComputeEvent;
import dev.reveille.proxy.session.SessionEvent.CredentialFound;
import dev.reveille.proxy.session.SessionEvent.LookupFailed;
import dev.reveille.proxy.session.SessionEvent.OrderEvent;
import dev.reveille.proxy.session.SessionEvent.PasswordWanted;
import dev.reveille.proxy.session.SessionEvent.ProofAccepted;
import dev.reveille.proxy.session.SessionEvent.ProofClaimed;
import dev.reveille.proxy.session.SessionEvent.ProofContinued;
import dev.reveille.proxy.session.SessionEvent.ProofDenied;
import dev.reveille.proxy.session.SessionEvent.ProofEvent;
import dev.reveille.proxy.session.SessionEvent.ProofGiven;
import dev.reveille.proxy.session.SessionEvent.ProofLimited;
import dev.reveille.proxy.session.SessionEvent.ProofOpened;
import dev.reveille.proxy.session.SessionEvent.ProofRead;
import dev.reveille.proxy.session.SessionEvent.ProofRefused;
import dev.reveille.proxy.session.SessionEvent.ProofShown;
import dev.reveille.proxy.session.SessionEvent.TimerFired;
import dev.reveille.proxy.session.SessionFailure.Fixed;
import dev.reveille.proxy.session.SessionState.Caller;
import dev.reveille.proxy.session.SessionState.Failing;
import dev.reveille.proxy.session.SessionState.Identifying;
import dev.reveille.proxy.session.SessionState.Judging;
import dev.reveille.proxy.session.SessionState.Proven;
import dev.reveille.proxy.session.SessionState.Proving;
import dev.reveille.proxy.session.SessionState.Routing;
import dev.reveille.wire.BackendMessage.AuthenticationCleartext;
import dev.reveille.wire.BackendMessage.AuthenticationOk;
import dev.reveille.wire.BackendMessage.AuthenticationSasl;
import dev.reveille.wire.BackendMessage.AuthenticationSaslContinue;
import dev.reveille.wire.BackendMessage.AuthenticationSaslFinal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The proof of the secret. Until it is given nothing is looked up, so nothing that the client sees
 * or can measure depends on its name. From then on only a right secret is answered at once: whatever
 * else is found out waits for the same time. The client is not heard meanwhile; it may leave, and
 * then its guess counts as one that missed, whether it was looked at or not.
 */
final class ProofSteps {
  private final SessionSettings settings;

  ProofSteps(SessionSettings settings) {
    this.settings = settings;
  }

  Transition proving(Proving state, SessionEvent event) {
    var user = state.caller().startup().user();
    return switch (event) {
      case ProofLimited _ -> Ending.refuse(state, new SessionFailure.TooManyAttempts(user));
      case LookupFailed _ -> Ending.refuse(state, Fixed.CATALOG_UNREACHABLE);
      case ProofOpened(var mechanisms) ->
        Transition.to(state, new Send(new AuthenticationSasl(mechanisms), true));
      case PasswordWanted _ ->
        Transition.to(new Proving(state.caller(), true),
            new Send(new AuthenticationCleartext(), true));
      case ProofRead(var message) -> Transition.to(state, new CheckProof(message));
      case ProofContinued(var serverFirst) -> Transition.to(new Proving(state.caller(), true),
          new Send(new AuthenticationSaslContinue(serverFirst), true));
      case ProofClaimed _ when state.challenged() -> identify(state);
      case ProofShown _ -> identify(state);
      case ProofRefused(var refusal, _) ->
        Ending.refuse(state, new SessionFailure.ExchangeRefused(refusal));
      case ProofDenied(var failure) -> counted(Ending.refuse(state, failure), user, failure);
      case SessionEvent.ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _,TimerFired _ ->
        Anywhere.step(state, event);
    };
  }

  private Transition identify(Proving state) {
    return Transition.to(new Identifying(state.caller()),
        new StartTimer(Timer.REFUSAL, settings.refusalStep()), new KeepAhead(),
        new LookUpCredential(state.caller().startup().user()));
  }

  /** What may have been made up is a guess that missed; what was signed and does not fit is none. */
  private static Transition counted(Transition refused, String user, SessionFailure failure) {
    boolean guess = failure instanceof SessionFailure.Unproven
        || (failure instanceof SessionFailure.NotAccepted told && told.guess());
    return guess
        ? refused.after(new CountSecret(user, false))
        : refused;
  }

  Transition identifying(Identifying state, SessionEvent event) {
    var user = state.caller().startup().user();
    return switch (event) {
      case CredentialFound(var credential, _) -> Transition.to(
          new Judging(state.caller(), credential), new JudgeProof(user, credential));
      case LookupFailed _ -> fail(state.caller(), Fixed.CATALOG_UNREACHABLE)
          .after(new CountSecret(user, false));
      case TimerFired(var timer) when timer == Timer.REFUSAL -> later(state);
      case SessionEvent.ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _,TimerFired _ ->
        Anywhere.step(state, event);
    };
  }

  Transition judging(Judging state, SessionEvent event) {
    var user = state.caller().startup().user();
    return switch (event) {
      case ProofGiven(var serverFinal, var now) when state.credential().isPresent() ->
        proved(state, state.credential().get(), Optional.of(serverFinal), now);
      case ProofAccepted(var credential, var now) when state.credential().isPresent() ->
        proved(state, credential, Optional.empty(), now);
      case ProofDenied(var failure) -> counted(fail(state.caller(), failure), user, failure);
      case ProofRefused(var refusal, var uncertain) when refusal.isWrongSecret() ->
        fail(state.caller(), uncertain
            ? Fixed.CATALOG_UNREACHABLE
            : new SessionFailure.Unproven(user)).after(new CountSecret(user, false));
      case ProofRefused(var refusal, _) ->
        fail(state.caller(), new SessionFailure.ExchangeRefused(refusal));
      case ProofLimited _ -> fail(state.caller(), new SessionFailure.TooManyAttempts(user));
      case ProofGiven _,ProofAccepted _ ->
        fail(state.caller(), new SessionFailure.Unproven(user));
      case TimerFired(var timer) when timer == Timer.REFUSAL -> later(state);
      case SessionEvent.ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _,TimerFired _ ->
        Anywhere.step(state, event);
    };
  }

  Transition failing(Failing state, SessionEvent event) {
    return switch (event) {
      case TimerFired(var timer) when timer == Timer.REFUSAL ->
        Ending.refuse(state, state.failure());
      case SessionEvent.ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _,TimerFired _ ->
        Anywhere.step(state, event);
    };
  }

  /** The timer that is running decides when this is said. */
  private static Transition fail(Caller caller, SessionFailure failure) {
    return Transition.to(new Failing(caller, failure));
  }

  private Transition later(SessionState state) {
    return Transition.to(state, new StartTimer(Timer.REFUSAL, settings.refusalStep()));
  }

  /** AuthenticationOk goes out at once, as from Postgres: what follows explains itself. */
  private Transition proved(Judging state, Credential credential, Optional<byte[]> serverFinal,
      Instant now) {
    var actions = new ArrayList<SessionAction>();
    actions.add(new CountSecret(state.caller().startup().user(), true));
    actions.add(new LeaveLobby());
    actions.add(new StopTimer(Timer.LOGIN));
    actions.add(new StopTimer(Timer.REFUSAL));
    serverFinal.ifPresent(
        last -> actions.add(new Send(new AuthenticationSaslFinal(last), false)));
    actions.add(new Send(new AuthenticationOk(), true));
    actions.add(new Mark(Phase.AUTH));
    return onward(new Routing(new Proven(state.caller(), credential, now)), credential, now)
        .after(actions.toArray(SessionAction[]::new));
  }

  /** @param credential as it is kept, whatever the client asked for */
  private Transition onward(Routing routing, Credential credential, Instant now) {
    var database = routing.proven().caller().startup().database();
    var unfit = unfit(credential, now);
    if (unfit.isPresent()) {
      return Ending.refuse(routing, unfit.get());
    }
    var denied = routing.proven().caller().request().refusal(credential);
    if (denied.isPresent()) {
      return Ending.refuse(routing, denied.get());
    }
    if (DatabaseName.isConsole(database)
        && !credential.scope().allowances().contains(Allowance.MANAGE_DATABASES)) {
      return Ending.refuse(routing, Fixed.CONSOLE_NOT_ALLOWED);
    }
    return new Transition(routing, List.of(
        new StartTimer(Timer.DEADLINE, settings.wakeDeadline()),
        new StartTimer(Timer.NOTICE, settings.slowNotice()),
        Expiry.watch(routing.proven(), now),
        new LookUpRoute(credential.account(), database)));
  }

  /** Why a credential may not be used now, if so; said only to who has proved its secret. */
  static Optional<SessionFailure> unfit(Credential credential, Instant now) {
    return switch (credential.fitness(now)) {
      case GOOD -> Optional.empty();
      case REVOKED -> Optional.of(new SessionFailure.Revoked(credential.name()));
      case EXPIRED -> Optional.of(new SessionFailure.OutsideValidity(credential.name(),
          Optional.of(credential.expiresAt()), credential.notBefore()));
      case NOT_YET -> Optional.of(new SessionFailure.OutsideValidity(credential.name(),
          Optional.empty(), credential.notBefore()));
    };
  }
}
