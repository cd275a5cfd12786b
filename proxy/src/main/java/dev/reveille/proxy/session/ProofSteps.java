package dev.reveille.proxy.session;

import dev.reveille.cell.Credential;
import dev.reveille.proxy.session.SessionAction.CheckProof;
import dev.reveille.proxy.session.SessionAction.CountSecret;
import dev.reveille.proxy.session.SessionAction.KeepAhead;
import dev.reveille.proxy.session.SessionAction.LookUpRoute;
import dev.reveille.proxy.session.SessionAction.Mark;
import dev.reveille.proxy.session.SessionAction.OpenProof;
import dev.reveille.proxy.session.SessionAction.Send;
import dev.reveille.proxy.session.SessionAction.StartTimer;
import dev.reveille.proxy.session.SessionAction.StopTimer;
import dev.reveille.proxy.session.SessionEvent.AdmissionEvent;
import dev.reveille.proxy.session.SessionEvent.ComputeEvent;
import dev.reveille.proxy.session.SessionEvent.CredentialFound;
import dev.reveille.proxy.session.SessionEvent.LookupFailed;
import dev.reveille.proxy.session.SessionEvent.OrderEvent;
import dev.reveille.proxy.session.SessionEvent.ProofContinued;
import dev.reveille.proxy.session.SessionEvent.ProofEvent;
import dev.reveille.proxy.session.SessionEvent.ProofGiven;
import dev.reveille.proxy.session.SessionEvent.ProofLimited;
import dev.reveille.proxy.session.SessionEvent.ProofOpened;
import dev.reveille.proxy.session.SessionEvent.ProofRead;
import dev.reveille.proxy.session.SessionEvent.ProofRefused;
import dev.reveille.proxy.session.SessionEvent.TimerFired;
import dev.reveille.proxy.session.SessionFailure.Fixed;
import dev.reveille.proxy.session.SessionState.Identifying;
import dev.reveille.proxy.session.SessionState.Proven;
import dev.reveille.proxy.session.SessionState.Proving;
import dev.reveille.proxy.session.SessionState.Routing;
import dev.reveille.wire.BackendMessage.AuthenticationOk;
import dev.reveille.wire.BackendMessage.AuthenticationSasl;
import dev.reveille.wire.BackendMessage.AuthenticationSaslContinue;
import dev.reveille.wire.BackendMessage.AuthenticationSaslFinal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The proof of the secret. Until it is given, an unknown name and a wrong secret look alike, and
 * nothing is done on behalf of the client but to look up its credential.
 */
final class ProofSteps {
  /** The console's name: no ordinary database may be called so. */
  static final String CONSOLE = "reveille";

  private final SessionSettings settings;

  ProofSteps(SessionSettings settings) {
    this.settings = settings;
  }

  Transition identifying(Identifying state, SessionEvent event) {
    return switch (event) {
      case CredentialFound(var credential, _) -> Transition.to(
          new Proving(state.caller(), credential, false),
          new OpenProof(state.caller().startup().user(), credential));
      case LookupFailed _ -> Ending.refuse(state, Fixed.CATALOG_UNREACHABLE);
      case SessionEvent.ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _,TimerFired _ ->
        Anywhere.step(state, event);
    };
  }

  Transition proving(Proving state, SessionEvent event) {
    var user = state.caller().startup().user();
    return switch (event) {
      case ProofLimited _ -> Ending.refuse(state, new SessionFailure.TooManyAttempts(user));
      case ProofOpened(var mechanisms) ->
        Transition.to(state, new Send(new AuthenticationSasl(mechanisms), true));
      case ProofRead(var message) -> Transition.to(state, new CheckProof(message));
      case ProofContinued(var serverFirst) -> Transition.to(
          new Proving(state.caller(), state.credential(), true),
          new Send(new AuthenticationSaslContinue(serverFirst), true));
      case ProofRefused(var refusal) when refusal.isWrongSecret() ->
        Ending.refuse(state, new SessionFailure.Unproven(user))
            .after(new CountSecret(user, false));
      case ProofRefused(var refusal) ->
        Ending.refuse(state, new SessionFailure.ExchangeRefused(refusal));
      case ProofGiven(var serverFinal, var now) when state.challenged()
          && state.credential().isPresent() ->
        proved(state, state.credential().get(), serverFinal, now);
      case ProofGiven _ -> Ending.refuse(state, new SessionFailure.Unproven(user));
      case SessionEvent.ClientEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _,TimerFired _ ->
        Anywhere.step(state, event);
    };
  }

  /** AuthenticationOk goes out at once, as from Postgres: what follows explains itself. */
  private Transition proved(Proving state, Credential credential, byte[] serverFinal,
      Instant now) {
    var proven = new Proven(state.caller(), credential);
    return onward(new Routing(proven), now).after(
        new CountSecret(credential.name(), true),
        new StopTimer(Timer.LOGIN),
        new KeepAhead(),
        new Send(new AuthenticationSaslFinal(serverFinal), false),
        new Send(new AuthenticationOk(), true),
        new Mark(Phase.AUTH));
  }

  private Transition onward(Routing routing, Instant now) {
    var credential = routing.proven().credential();
    var database = routing.proven().caller().startup().database();
    var unfit = unfit(credential, now);
    if (unfit.isPresent()) {
      return Ending.refuse(routing, unfit.get());
    }
    if (database.equals(CONSOLE)) {
      return Ending.refuse(routing,
          new SessionFailure.Unsupported("the console database is not offered yet",
              Optional.of("Use the command line.")));
    }
    return new Transition(routing, List.of(
        new StartTimer(Timer.DEADLINE, settings.wakeDeadline()),
        new StartTimer(Timer.NOTICE, settings.slowNotice()),
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
