package dev.reveille.proxy.sim;

import dev.reveille.proxy.session.Given;
import dev.reveille.proxy.session.SessionAction;
import dev.reveille.proxy.session.SessionEvent;
import dev.reveille.proxy.session.SessionMachine;
import dev.reveille.proxy.session.SessionState;
import dev.reveille.proxy.session.Transition;
import java.util.ArrayList;

/** The real machine, unless a bug is planted. */
final class PlantedSessionMachine {
  private static final SessionMachine MACHINE = new SessionMachine(World.SETTINGS);
  private final World world;

  PlantedSessionMachine(World world) {
    this.world = world;
  }

  Transition start() {
    return MACHINE.start(SessionState.Greeting.fresh(true, false), false);
  }

  Transition step(SessionState state, SessionEvent event) {
    var right = MACHINE.step(state, event);
    if (world.planted == Planted.A_WAKE_BEFORE_THE_PROOF
        && state instanceof SessionState.Identifying(var caller)
        && event instanceof SessionEvent.CredentialFound) {
      var actions = new ArrayList<>(right.actions());
      world.route(caller.startup().database())
          .ifPresent(route -> actions.add(
              new SessionAction.Wake(1, route, Given.credential("a_0"))));
      return new Transition(right.next(), actions);
    }
    return right;
  }
}
