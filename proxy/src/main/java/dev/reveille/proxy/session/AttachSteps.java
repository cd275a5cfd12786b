package dev.reveille.proxy.session;

import dev.reveille.compute.Login;
import dev.reveille.compute.LoginRole;
import dev.reveille.proxy.connect.ConnectOutcome;
import dev.reveille.proxy.session.SessionAction.Connect;
import dev.reveille.proxy.session.SessionAction.Mark;
import dev.reveille.proxy.session.SessionAction.Open;
import dev.reveille.proxy.session.SessionAction.PrepareLogin;
import dev.reveille.proxy.session.SessionAction.Send;
import dev.reveille.proxy.session.SessionAction.StartTimer;
import dev.reveille.proxy.session.SessionAction.StopTimer;
import dev.reveille.proxy.session.SessionEvent.AdmissionEvent;
import dev.reveille.proxy.session.SessionEvent.ClientEvent;
import dev.reveille.proxy.session.SessionEvent.ComputeEvent;
import dev.reveille.proxy.session.SessionEvent.Connected;
import dev.reveille.proxy.session.SessionEvent.EndAsked;
import dev.reveille.proxy.session.SessionEvent.Greeted;
import dev.reveille.proxy.session.SessionEvent.LoginFailed;
import dev.reveille.proxy.session.SessionEvent.LoginPrepared;
import dev.reveille.proxy.session.SessionEvent.OrderEvent;
import dev.reveille.proxy.session.SessionEvent.ProofEvent;
import dev.reveille.proxy.session.SessionEvent.SeatRefused;
import dev.reveille.proxy.session.SessionEvent.SlotTaken;
import dev.reveille.proxy.session.SessionEvent.TimerFired;
import dev.reveille.proxy.session.SessionState.Connecting;
import dev.reveille.proxy.session.SessionState.Errand;
import dev.reveille.proxy.session.SessionState.Pausing;
import dev.reveille.proxy.session.SessionState.Preparing;
import dev.reveille.proxy.session.SessionState.Queueing;
import dev.reveille.proxy.session.SessionState.Relaying;
import dev.reveille.proxy.session.SessionState.Target;
import dev.reveille.proxy.session.SessionState.Tries;
import dev.reveille.wire.BackendMessage.NoticeResponse;
import dev.reveille.wire.ErrorFields;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * From an awake compute to ReadyForQuery. An address that fails is tried again for a moment if it
 * is fresh, since a compute that was reported ready may refuse connections at first; otherwise it
 * is forgotten and asked for again. The deadline bounds all of it.
 */
final class AttachSteps {
  /** Failures in a row after which also a fresh address is not believed any more. */
  static final int PATIENCE = 5;

  private final SessionSettings settings;

  AttachSteps(SessionSettings settings) {
    this.settings = settings;
  }

  Transition queueing(Queueing state, SessionEvent event) {
    var errand = state.errand();
    return switch (event) {
      case SlotTaken(var attempt) when attempt == errand.attempt() ->
        prepare(errand, state.target(), Tries.none(settings));
      case SeatRefused(var failure) -> Ending.refuse(state, failure);
      case TimerFired(var timer) when timer == Timer.NOTICE -> Waiting.tell(state,
          "all connections of database \"" + errand.database() + "\" are taken: waiting for one");
      case TimerFired(var timer) when timer == Timer.DEADLINE -> Ending.refuse(state,
          new LimitFailure.TooManyConnections(
              "sorry, too many clients already for database \"" + errand.database() + "\"",
              "max_connections", state.target().endpoint().maxConnections()));
      case EndAsked(var reason) when Waiting.wakesAgain(reason) ->
        Waiting.askAgain(state, errand, state.target());
      case ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _,TimerFired _ ->
        Anywhere.step(state, event);
    };
  }

  Transition preparing(Preparing state, SessionEvent event) {
    var errand = state.errand();
    return switch (event) {
      case LoginPrepared(var attempt, var login) when attempt == errand.attempt() -> {
        var caller = errand.proven().caller();
        var next = errand.next();
        yield Transition.to(new Connecting(next, state.target(), state.tries()),
            new Connect(next.attempt(), state.target().endpoint(), login,
                settings(caller, login), caller.version()));
      }
      case LoginFailed(var attempt) when attempt == errand.attempt() ->
        unreached(state, errand, state.target(), state.tries());
      case EndAsked(var reason) when Waiting.wakesAgain(reason) ->
        Waiting.askAgain(state, errand, state.target());
      case TimerFired(var timer) -> timer(state, errand, state.tries(), timer);
      case ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _ ->
        Anywhere.step(state, event);
    };
  }

  /** What the client asked for, and what the compute side says whatever was asked for. */
  private static Map<String, String> settings(SessionState.Caller caller, Login login) {
    var settings = new LinkedHashMap<>(caller.request().passedOn());
    settings.keySet()
        .removeIf(asked -> login.settings()
            .keySet()
            .stream()
            .anyMatch(asked::equalsIgnoreCase));
    settings.putAll(login.settings());
    return settings;
  }

  Transition connecting(Connecting state, SessionEvent event) {
    var errand = state.errand();
    return switch (event) {
      case Connected(var attempt, var outcome, var now) when attempt == errand.attempt() ->
        connected(state, outcome, now);
      case Greeted(var attempt, var message) when attempt == errand.attempt() ->
        Transition.to(state, new Send(message, message instanceof NoticeResponse));
      case EndAsked(var reason) when Waiting.wakesAgain(reason) ->
        Waiting.askAgain(state, errand, state.target());
      case TimerFired(var timer) -> timer(state, errand, state.tries(), timer);
      case ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _ ->
        Anywhere.step(state, event);
    };
  }

  Transition pausing(Pausing state, SessionEvent event) {
    var errand = state.errand();
    return switch (event) {
      case TimerFired(var timer) when timer == Timer.RETRY ->
        prepare(errand.next(), state.target(), state.tries());
      case TimerFired(var timer) -> timer(state, errand, state.tries(), timer);
      case EndAsked(var reason) when Waiting.wakesAgain(reason) ->
        Waiting.askAgain(state, errand, state.target());
      case ClientEvent _,ProofEvent _,AdmissionEvent _,ComputeEvent _,OrderEvent _ ->
        Anywhere.step(state, event);
    };
  }

  private static Transition prepare(Errand errand, Target target, Tries tries) {
    var credential = errand.proven().credential();
    var role = new LoginRole(credential.name(), credential.mode(),
        credential.scope().objects(), credential.version(),
        credential.connectionLimit());
    return Transition.to(new Preparing(errand, target, tries),
        new PrepareLogin(errand.attempt(), errand.route(), target.endpoint(), role));
  }

  private Transition connected(Connecting state, ConnectOutcome outcome, Instant now) {
    var errand = state.errand();
    var target = state.target();
    return switch (outcome) {
      case ConnectOutcome.Ready(var link) -> {
        var actions = new ArrayList<SessionAction>();
        actions.add(new StopTimer(Timer.DEADLINE));
        actions.add(new StopTimer(Timer.NOTICE));
        actions.add(new Mark(Phase.CONNECT));
        errand.route()
            .lifetime()
            .expiresAt()
            .filter(at -> at.isBefore(now.plus(settings.warnBefore())))
            .ifPresent(at -> actions
                .add(new Send(Waiting.expiring(errand.database(), at), false)));
        actions.add(new Open(link, errand.proven().caller().version(), errand.database(),
            target.cold(), errand.proven().credential()));
        actions.add(Expiry.watch(errand.proven(), now));
        yield new Transition(new Relaying(errand.proven(), target, false), actions);
      }
      case ConnectOutcome.Refused(var error) -> switch (error.sqlState()) {
        // too_many_connections: someone else has the place that was counted as ours.
        case "53300" ->
          pause(errand, target, state.tries().refused(error, settings.retryMost()));
        // cannot_connect_now, admin_shutdown: it starts or stops just now.
        case "57P03", "57P01" -> stumbled(state, error);
        default -> Ending.refuse(state, new ComputeFailure.ComputeRefused(error));
      };
      case ConnectOutcome.Unreachable _ ->
        unreached(state, errand, target, state.tries());
    };
  }

  private Transition stumbled(Connecting state, ErrorFields error) {
    var tries = state.tries().unreached(settings.retryMost());
    return tries.unreached() < PATIENCE
        ? pause(state.errand(), state.target(), tries.saying(error))
        : Waiting.askAgain(state, state.errand(), state.target());
  }

  private Transition unreached(SessionState state, Errand errand, Target target, Tries before) {
    var tries = before.unreached(settings.retryMost());
    return target.fresh() && tries.unreached() < PATIENCE
        ? pause(errand, target, tries)
        : Waiting.askAgain(state, errand, target);
  }

  private static Transition pause(Errand errand, Target target, Tries tries) {
    return Transition.to(new Pausing(errand, target, tries),
        new StartTimer(Timer.RETRY, tries.pause()));
  }

  private Transition timer(SessionState state, Errand errand, Tries tries, Timer timer) {
    return switch (timer) {
      case NOTICE -> Waiting.tell(state, tries.refusal().isPresent()
          ? "database \"" + errand.database() + "\" is busy: trying again"
          : "connecting to database \"" + errand.database() + "\"");
      case DEADLINE -> Ending.refuse(state, tries.refusal()
          .<SessionFailure>map(ComputeFailure.ComputeRefused::new)
          .orElseGet(() -> new ComputeFailure.Unreachable(errand.database())));
      case LOGIN, REFUSAL, RETRY, REST, DRAIN, EXPIRY ->
        Anywhere.step(state, new TimerFired(timer));
    };
  }
}
