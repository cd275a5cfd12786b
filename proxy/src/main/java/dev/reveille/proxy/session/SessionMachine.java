package dev.reveille.proxy.session;

import dev.reveille.proxy.session.SessionState.Arriving;
import dev.reveille.proxy.session.SessionState.Closed;
import dev.reveille.proxy.session.SessionState.Connecting;
import dev.reveille.proxy.session.SessionState.Failing;
import dev.reveille.proxy.session.SessionState.Greeting;
import dev.reveille.proxy.session.SessionState.Holding;
import dev.reveille.proxy.session.SessionState.Identifying;
import dev.reveille.proxy.session.SessionState.Judging;
import dev.reveille.proxy.session.SessionState.Opening;
import dev.reveille.proxy.session.SessionState.Pausing;
import dev.reveille.proxy.session.SessionState.Preparing;
import dev.reveille.proxy.session.SessionState.Proving;
import dev.reveille.proxy.session.SessionState.Queueing;
import dev.reveille.proxy.session.SessionState.Readmitting;
import dev.reveille.proxy.session.SessionState.Relaying;
import dev.reveille.proxy.session.SessionState.Routing;
import dev.reveille.proxy.session.SessionState.Seating;
import dev.reveille.proxy.session.SessionState.Securing;
import dev.reveille.proxy.session.SessionState.Waking;

/**
 * The whole life of a session as one pure function. No channel, clock, chance or metric inside: the
 * driver says what happened and carries out what is asked for. Immutable, safe from any thread.
 *
 * <p>The legal paths, apart from those to the end:
 *
 * <pre>
 * Arriving - Opening - Securing - Opening
 * Opening - Proving - Identifying - Judging - Routing - Seating - Waking
 * Identifying, Judging - Failing                 to the end, at its time
 * Waking - Readmitting - Queueing - Preparing - Connecting - Relaying
 * Preparing, Connecting - Pausing - Preparing
 * Preparing, Connecting, ... - Waking            when an address failed
 * Relaying - Holding - Relaying
 * </pre>
 *
 * {@code docs/session-machine.md} has the whole table.
 */
public final class SessionMachine {
  private final SessionSettings settings;
  private final StartupSteps startup;
  private final ProofSteps proof;
  private final AdmissionSteps admission;
  private final AttachSteps attach;
  private final RelaySteps relay;

  public SessionMachine(SessionSettings settings) {
    this.settings = settings;
    startup = new StartupSteps(settings);
    proof = new ProofSteps(settings);
    admission = new AdmissionSteps();
    attach = new AttachSteps(settings);
    relay = new RelaySteps();
  }

  /** A connection was accepted; {@code headerDue} if a PROXY header must come first. */
  public Transition start(Greeting greeting, boolean headerDue) {
    var state = headerDue ? new Arriving(greeting) : new Opening(greeting);
    return Transition.to(state,
        new SessionAction.StartTimer(Timer.LOGIN, settings.loginTimeout()));
  }

  /** What follows from {@code event} in {@code state}. */
  public Transition step(SessionState state, SessionEvent event) {
    return switch (state) {
      case Arriving arriving -> startup.arriving(arriving, event);
      case Opening opening -> startup.opening(opening, event);
      case Securing securing -> startup.securing(securing, event);
      case Proving proving -> proof.proving(proving, event);
      case Identifying identifying -> proof.identifying(identifying, event);
      case Judging judging -> proof.judging(judging, event);
      case Failing failing -> proof.failing(failing, event);
      case Routing routing -> admission.routing(routing, event);
      case Seating seating -> admission.seating(seating, event);
      case Waking waking -> admission.waking(waking, event);
      case Readmitting readmitting -> admission.readmitting(readmitting, event);
      case Queueing queueing -> attach.queueing(queueing, event);
      case Preparing preparing -> attach.preparing(preparing, event);
      case Connecting connecting -> attach.connecting(connecting, event);
      case Pausing pausing -> attach.pausing(pausing, event);
      case Relaying relaying -> relay.relaying(relaying, event);
      case Holding holding -> relay.holding(holding, event);
      case Closed closed -> Anywhere.step(closed, event);
    };
  }
}
