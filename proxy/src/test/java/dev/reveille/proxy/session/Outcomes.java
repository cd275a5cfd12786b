package dev.reveille.proxy.session;

import dev.reveille.proxy.session.SessionAction.Close;
import dev.reveille.proxy.session.SessionState.Closed;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** What tests ask of a transition. */
final class Outcomes {
  private static final SessionMachine MACHINE = new SessionMachine(Samples.SETTINGS);

  private Outcomes() {
  }

  static Set<Class<?>> kinds(List<? extends SessionAction> actions) {
    return actions.stream().map(Object::getClass).collect(Collectors.toCollection(HashSet::new));
  }

  static SessionFailure refusal(Transition transition) {
    if (transition.next() instanceof SessionState.Failing failing) {
      return refusal(MACHINE.step(failing, new SessionEvent.TimerFired(Timer.REFUSAL)));
    }
    assertThat(transition.next()).isEqualTo(new Closed(CloseReason.REFUSED));
    return transition.actions()
        .stream()
        .filter(Close.class::isInstance)
        .flatMap(close -> ((Close) close).lastWords().stream())
        .findFirst()
        .orElseThrow();
  }
}
