package dev.reveille.proxy.session;

import dev.reveille.compute.EndReason;
import dev.reveille.proxy.session.SessionAction.Forget;
import dev.reveille.proxy.session.SessionAction.LeaveSeat;
import dev.reveille.proxy.session.SessionAction.Send;
import dev.reveille.proxy.session.SessionAction.StopTimer;
import dev.reveille.proxy.session.SessionAction.Wake;
import dev.reveille.proxy.session.SessionState.Errand;
import dev.reveille.proxy.session.SessionState.Target;
import dev.reveille.proxy.session.SessionState.Waking;
import dev.reveille.wire.BackendMessage.NoticeResponse;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.Severity;
import java.time.Instant;
import java.util.ArrayList;

/** What the states between the proof and ReadyForQuery have in common. */
final class Waiting {
  /** successful_completion: what Postgres gives a NOTICE that is no warning. */
  private static final String NO_ERROR = "00000";

  private Waiting() {
  }

  /** Tells the client, who is let in, that the database does not live much longer. */
  static NoticeResponse expiring(String database, Instant expiresAt) {
    return new NoticeResponse(ErrorFields
        .of(Severity.NOTICE, NO_ERROR, ComputeFailure.expiring(database, expiresAt))
        .hint(ComputeFailure.moreTime(database)
            + " on the database \"reveille\" gives it more time."));
  }

  /** Tells the client why it waits; legal any time after AuthenticationOk. */
  static Transition tell(SessionState state, String message) {
    var notice = ErrorFields.of(Severity.NOTICE, NO_ERROR, message);
    return Transition.to(state, new Send(new NoticeResponse(notice), true));
  }

  /**
   * Whether only this compute goes, and the database can be woken again: someone who comes while a
   * database is being suspended waits and is served, never refused.
   */
  static boolean wakesAgain(EndReason reason) {
    return switch (reason) {
      case COMPUTE_LOST, SUSPENDED, RESTORED, EXPIRED -> true;
      case DROPPED, STOPPING -> false;
    };
  }

  /** Gives this compute up, keeps the seat, and asks for the database's compute again. */
  static Transition askAgain(SessionState state, Errand errand, Target target) {
    var next = errand.again();
    var actions = new ArrayList<SessionAction>();
    Ending.releases(state)
        .stream()
        .filter(action -> !(action instanceof LeaveSeat))
        .forEach(actions::add);
    actions.add(new StopTimer(Timer.RETRY));
    actions.add(new Forget(target.endpoint()));
    actions.add(new Wake(next.attempt(), next.route(), next.proven().credential()));
    return new Transition(new Waking(next), actions);
  }
}
