package dev.reveille.proxy.session;

import java.util.ArrayList;
import java.util.List;

/**
 * What one step led to.
 *
 * @param next what is true from now on
 * @param actions what the driver has to do, in this order
 */
public record Transition(SessionState next, List<SessionAction> actions) {
  public Transition {
    actions = List.copyOf(actions);
  }

  static Transition to(SessionState next, SessionAction... actions) {
    return new Transition(next, List.of(actions));
  }

  /** The same, after {@code first}. */
  Transition after(SessionAction... first) {
    var all = new ArrayList<SessionAction>(List.of(first));
    all.addAll(actions);
    return new Transition(next, all);
  }
}
