package dev.reveille.proxy.session;

import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.Scope;
import dev.reveille.proxy.relay.Breach;
import dev.reveille.proxy.session.SessionAction.LookUpCredential;
import dev.reveille.proxy.session.SessionAction.Restrict;
import dev.reveille.proxy.session.SessionState.Proven;
import dev.reveille.proxy.session.SessionState.Relaying;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;

/**
 * Whether a session may go on, asked in every state after the proof whenever its credential may have
 * changed or its time is up. An end is an end wherever the session is: while it waits for a compute
 * it is refused, later it is ended. Needs no compute.
 */
final class Standing {
  private static final String ASK = "Ask for a new connection string.";

  private Standing() {
  }

  /** Asks for the credential, if there is one yet. */
  static Transition lookAgain(SessionState state) {
    return proven(state)
        .map(proven -> Transition.to(state, new LookUpCredential(proven.credential().name())))
        .orElseGet(() -> Transition.to(state));
  }

  /** The directory has answered. */
  static Transition seenAgain(SessionState state, Optional<Credential> found, Instant now) {
    return proven(state).map(proven -> judged(state, proven,
        found.filter(credential -> credential.id().equals(proven.credential().id())), now))
        .orElseGet(() -> Transition.to(state));
  }

  /**
   * The directory could not answer. What is established goes on with what is known, which may have
   * expired; nothing new is begun on it.
   */
  static Transition notSeen(SessionState state, Instant now) {
    return proven(state).map(proven -> isEstablished(state)
        ? judged(state, proven, Optional.of(proven.credential()), now)
        : Ending.refuse(state, SessionFailure.Fixed.CATALOG_UNREACHABLE))
        .orElseGet(() -> Transition.to(state));
  }

  private static Transition judged(SessionState state, Proven proven, Optional<Credential> found,
      Instant now) {
    if (found.isEmpty()) {
      return end(state, CloseReason.REVOKED,
          new SessionFailure.Revoked(proven.credential().name()));
    }
    var latest = proven.with(found.get());
    var credential = latest.credential();
    var unfit = ProofSteps.unfit(credential, now);
    if (unfit.isPresent()) {
      return end(state, credential.revoked() ? CloseReason.REVOKED : CloseReason.EXPIRED,
          unfit.get());
    }
    if (!now.isBefore(Expiry.sessionEnd(latest))) {
      return Ending.end(state, CloseReason.LIMITED, new LimitFailure.Limited(
          Breach.sessionTime(credential.scope().limits().sessionTime())));
    }
    if (isNarrowed(state, proven.credential().scope(), credential.scope())) {
      return Ending.end(state, CloseReason.NARROWED, new SessionFailure.Ended(
          CloseReason.NARROWED, "credential \"" + credential.name() + "\" was narrowed",
          Optional.of("Connect again, within what it still allows.")));
    }
    return goOn(state, proven, latest, now);
  }

  private static Transition goOn(SessionState state, Proven before, Proven latest, Instant now) {
    var actions = new ArrayList<SessionAction>();
    var known = before.credential().scope();
    var scope = latest.credential().scope();
    if (isEstablished(state) && !(scope.limits().equals(known.limits())
        && scope.allowances().equals(known.allowances())
        && scope.checkpointBefore() == known.checkpointBefore())) {
      actions.add(new Restrict(latest.credential()));
    }
    actions.add(Expiry.watch(latest, now));
    return new Transition(with(state, latest), actions);
  }

  /** Limits and allowances can be taken over by a session as it is; anything else was decided. */
  private static boolean isNarrowed(SessionState state, Scope known, Scope latest) {
    return database(state).filter(id -> !latest.databases().allows(id)).isPresent()
        || known.mode().compareTo(latest.mode()) > 0
        || !known.objects().within(latest.objects())
        || !known.addresses()
            .stream()
            .allMatch(range -> latest.addresses().stream().anyMatch(range::within))
        || (latest.channelBindingRequired() && !known.channelBindingRequired());
  }

  /** Says the same before ReadyForQuery and after it, with the SQLSTATE of the one or the other. */
  private static Transition end(SessionState state, CloseReason reason, SessionFailure unfit) {
    return isEstablished(state)
        ? Ending.finish(state, reason, unfit.message(), ASK)
        : Ending.refuse(state, unfit);
  }

  private static boolean isEstablished(SessionState state) {
    return state instanceof Relaying || state instanceof SessionState.Holding;
  }

  private static Optional<DatabaseId> database(SessionState state) {
    return switch (state) {
      case Relaying(_, var target, _) -> Optional.of(target.endpoint().database());
      case SessionState.Holding(_, var target) -> Optional.of(target.endpoint().database());
      default -> errand(state).map(errand -> errand.route().database());
    };
  }

  private static Optional<Proven> proven(SessionState state) {
    return switch (state) {
      case SessionState.Routing(var proven) -> Optional.of(proven);
      case Relaying(var proven, _, _) -> Optional.of(proven);
      case SessionState.Holding(var proven, _) -> Optional.of(proven);
      default -> errand(state).map(SessionState.Errand::proven);
    };
  }

  private static Optional<SessionState.Errand> errand(SessionState state) {
    return switch (state) {
      case SessionState.Seating(var errand) -> Optional.of(errand);
      case SessionState.Waking(var errand) -> Optional.of(errand);
      case SessionState.Readmitting(var errand, _) -> Optional.of(errand);
      case SessionState.Queueing(var errand, _) -> Optional.of(errand);
      case SessionState.Preparing(var errand, _, _) -> Optional.of(errand);
      case SessionState.Connecting(var errand, _, _) -> Optional.of(errand);
      case SessionState.Pausing(var errand, _, _) -> Optional.of(errand);
      case SessionState.Arriving _,SessionState.Opening _,SessionState.Securing _,SessionState.Identifying _,SessionState.Proving _,SessionState.Judging _,SessionState.Failing _,SessionState.Routing _,Relaying _,SessionState.Holding _,SessionState.Closed _ ->
        Optional.empty();
    };
  }

  private static SessionState with(SessionState state, Proven latest) {
    var credential = latest.credential();
    return switch (state) {
      case SessionState.Routing _ -> new SessionState.Routing(latest);
      case SessionState.Seating(var errand) -> new SessionState.Seating(errand.with(credential));
      case SessionState.Waking(var errand) -> new SessionState.Waking(errand.with(credential));
      case SessionState.Readmitting(var errand, var target) ->
        new SessionState.Readmitting(errand.with(credential), target);
      case SessionState.Queueing(var errand, var target) ->
        new SessionState.Queueing(errand.with(credential), target);
      case SessionState.Preparing(var errand, var target, var tries) ->
        new SessionState.Preparing(errand.with(credential), target, tries);
      case SessionState.Connecting(var errand, var target, var tries) ->
        new SessionState.Connecting(errand.with(credential), target, tries);
      case SessionState.Pausing(var errand, var target, var tries) ->
        new SessionState.Pausing(errand.with(credential), target, tries);
      case Relaying(_, var target, var draining) -> new Relaying(latest, target, draining);
      case SessionState.Holding(_, var target) -> new SessionState.Holding(latest, target);
      case SessionState.Arriving _,SessionState.Opening _,SessionState.Securing _,SessionState.Identifying _,SessionState.Proving _,SessionState.Judging _,SessionState.Failing _,SessionState.Closed _ ->
        state;
    };
  }
}
