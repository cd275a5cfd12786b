package dev.reveille.compute.machine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ComputeMachineSimulationTest {
  private static final ComputeLimits LIMITS = new ComputeLimits(4, 2, Duration.ofMillis(500),
      Duration.ofSeconds(8), Duration.ofSeconds(5));
  private static final ComputeMachine MACHINE = new ComputeMachine(LIMITS);
  private static final int STEPS = 400;

  @Test
  void noPromiseIsBrokenWhateverHappens() {
    long first = Long.getLong("compute.seed", System.nanoTime());
    System.out.println("compute.seed=" + first);
    for (long seed = first; seed < first + 1_500; seed++) {
      run(MACHINE::step, seed);
    }
  }

  @Test
  void aWaiterThatIsForgottenIsNoticed() {
    assertCaught((state, event) -> {
      ComputeTransition right = MACHINE.step(state, event);
      List<ComputeAction> actions = new ArrayList<>(right.actions());
      actions.replaceAll(action -> action instanceof ComputeAction.AnswerReady ready
          && ready.waiters().size() > 1
              ? new ComputeAction.AnswerReady(
                  ready.waiters().without(ready.waiters().ids().getFirst()),
                  ready.epoch(), ready.cold())
              : action);
      return new ComputeTransition(right.next(), actions);
    }, "whoever waits is in the queue");
  }

  @Test
  void aSuspendInProgressThatIsIgnoredIsNoticed() {
    assertCaught((state, event) -> state instanceof ComputeState.Stopping stopping
        && event instanceof ComputeEvent.WakeRequested wake
            ? ComputeTransition.to(
                new ComputeState.Starting(stopping.waiters().with(wake.waiter(), true), 0, false,
                    ComputeState.Then.SERVE),
                new ComputeAction.Start())
            : MACHINE.step(state, event),
        "one compute per storage");
  }

  @Test
  void aStopWithoutAskingTheSessionsIsNoticed() {
    assertCaught((state, event) -> event instanceof ComputeEvent.HoldRefused refused
        && state instanceof ComputeState.Holding holding && refused.ticket() == holding.ticket()
            ? MACHINE.step(state, new ComputeEvent.AllHeld(refused.ticket()))
            : MACHINE.step(state, event),
        "nothing is stopped under a session");
  }

  @Test
  void aStartWithoutLeaveIsNoticed() {
    assertCaught((state, event) -> event instanceof ComputeEvent.WakeRequested wake
        ? MACHINE.step(state, new ComputeEvent.WakeRequested(wake.waiter(), wake.now()))
        : MACHINE.step(state, event),
        "nothing is started without leave");
  }

  @Test
  void aStartOnAStorageThatIsBeingChangedIsNoticed() {
    assertCaught((state, event) -> state instanceof ComputeState.Changing changing
        && changing.then() == ComputeState.Then.SERVE
        && event instanceof ComputeEvent.WakeRequested wake && wake.mayStart()
            ? ComputeTransition.to(
                new ComputeState.Starting(changing.waiters().with(wake.waiter(), true), 0, false,
                    ComputeState.Then.SERVE),
                new ComputeAction.Start())
            : MACHINE.step(state, event),
        "nothing starts on a storage that is being changed");
  }

  @Test
  void aWakeThatWaitsForACopyIsNoticed() {
    assertCaught((state, event) -> {
      ComputeTransition right = MACHINE.step(state, event);
      return new ComputeTransition(right.next(), right.actions()
          .stream()
          .filter(action -> !(action instanceof ComputeAction.GiveUpChange))
          .toList());
    }, "whoever may start waits for no change that gives way");
  }

  private static void assertCaught(ComputeWorld.Step broken, String promise) {
    assertThatThrownBy(() -> {
      for (long seed = 0; seed < 200; seed++) {
        run(broken, seed);
      }
    }).isInstanceOf(AssertionError.class).hasMessageContaining(promise);
  }

  private static void run(ComputeWorld.Step machine, long seed) {
    ComputeWorld world = new ComputeWorld(machine, LIMITS, new SplittableRandom(seed));
    try {
      for (int i = 0; i < STEPS && !world.dropped(); i++) {
        world.somethingHappens();
      }
      world.comesToRest();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(e.getMessage() + "; -Dcompute.seed=" + seed, e);
    }
  }
}
