package dev.reveille.proxy.session;

import dev.reveille.proxy.session.SessionAction.AbandonWake;
import dev.reveille.proxy.session.SessionAction.Close;
import dev.reveille.proxy.session.SessionAction.Detach;
import dev.reveille.proxy.session.SessionAction.LeaveSeat;
import dev.reveille.proxy.session.SessionAction.LeaveSlot;
import dev.reveille.proxy.session.SessionAction.StopConnecting;
import dev.reveille.proxy.session.SessionState.Closed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a session ends: it says why, and gives back exactly what its state says that it holds. */
final class Ending {
  private Ending() {
  }

  /** Ends with a FATAL that says why. */
  static Transition refuse(SessionState from, SessionFailure failure) {
    return end(from, CloseReason.REFUSED, Optional.of(failure));
  }

  /** Ends without a word, or after the relay has said it. */
  static Transition close(SessionState from, CloseReason reason) {
    return end(from, reason, Optional.empty());
  }

  /** Ends an established session in good order. */
  static Transition finish(SessionState from, CloseReason reason, String message, String hint) {
    return end(from, reason,
        Optional.of(new SessionFailure.Ended(reason, message, Optional.of(hint))));
  }

  /** Ends with what is to be said, before ReadyForQuery or after it. */
  static Transition end(SessionState from, CloseReason reason, SessionFailure failure) {
    return end(from, reason, Optional.of(failure));
  }

  private static Transition end(SessionState from, CloseReason reason,
      Optional<SessionFailure> lastWords) {
    var actions = new ArrayList<SessionAction>();
    actions.add(new Close(reason, lastWords));
    actions.addAll(releases(from));
    return new Transition(new Closed(reason), actions);
  }

  /** What a session in this state has to give back; nothing else knows. */
  static List<SessionAction> releases(SessionState state) {
    return switch (state) {
      case SessionState.Arriving _,SessionState.Opening _,SessionState.Securing _ -> List.of();
      case SessionState.Proving _,SessionState.Failing _,SessionState.Routing _ -> List.of();
      case SessionState.Identifying(var caller) -> guessed(caller);
      case SessionState.Judging(var caller, _) -> guessed(caller);
      case SessionState.Seating _ -> List.of(new LeaveSeat());
      case SessionState.Waking _ -> List.of(new AbandonWake(), new LeaveSeat());
      case SessionState.Readmitting _ -> List.of(new Detach(), new LeaveSeat());
      case SessionState.Connecting _ ->
        List.of(new StopConnecting(), new LeaveSlot(), new Detach(), new LeaveSeat());
      case SessionState.Queueing _,SessionState.Preparing _,SessionState.Pausing _ ->
        List.of(new LeaveSlot(), new Detach(), new LeaveSeat());
      case SessionState.Relaying _,SessionState.Holding _ ->
        List.of(new LeaveSlot(), new Detach(), new LeaveSeat());
      case SessionState.Closed _ -> List.of();
    };
  }

  /** Else who leaves before the verdict could see by the limiter whether there was one. */
  private static List<SessionAction> guessed(SessionState.Caller caller) {
    return List.of(new SessionAction.CountSecret(caller.startup().user(), false));
  }
}
