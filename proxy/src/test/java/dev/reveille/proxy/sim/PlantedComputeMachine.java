package dev.reveille.proxy.sim;

import dev.reveille.compute.machine.ComputeAction;
import dev.reveille.compute.machine.ComputeEvent;
import dev.reveille.compute.machine.ComputeLimits;
import dev.reveille.compute.machine.ComputeMachine;
import dev.reveille.compute.machine.ComputeState;
import dev.reveille.compute.machine.ComputeTransition;
import dev.reveille.compute.machine.Waiters;
import java.util.List;

/** The real machine, unless a bug is planted. */
final class PlantedComputeMachine {
  private final ComputeMachine machine;
  private final World world;

  PlantedComputeMachine(ComputeLimits limits, World world) {
    machine = new ComputeMachine(limits);
    this.world = world;
  }

  boolean mayNeedStart(ComputeState state, long now) {
    return machine.mayNeedStart(state, now);
  }

  ComputeTransition step(ComputeState state, ComputeEvent event, long running) {
    var right = machine.step(state, event);
    return switch (world.planted) {
      case NOTHING, A_WAKE_BEFORE_THE_PROOF -> right;
      case A_START_WITHOUT_LEAVE ->
        event instanceof ComputeEvent.WakeRequested(var waiter, _, var now)
            ? machine.step(state, new ComputeEvent.WakeRequested(waiter, true, now))
            : right;
      case A_WAITER_IS_DROPPED -> new ComputeTransition(right.next(),
          right.actions().stream().map(PlantedComputeMachine::withoutOne).toList());
      case A_SUSPEND_IN_PROGRESS_IS_IGNORED ->
        state instanceof ComputeState.Stopping && running != 0
            && event instanceof ComputeEvent.WakeRequested(var waiter, _, _)
                ? new ComputeTransition(state, List.of(
                    new ComputeAction.AnswerReady(new Waiters(List.of(waiter)), running, false)))
                : right;
    };
  }

  private static ComputeAction withoutOne(ComputeAction action) {
    return action instanceof ComputeAction.AnswerReady(var waiters, var epoch, var cold)
        && waiters.ids().size() > 1
            ? new ComputeAction.AnswerReady(
                new Waiters(waiters.ids().subList(0, waiters.ids().size() - 1)), epoch, cold)
            : action;
  }
}
