package dev.reveille.compute;

import dev.reveille.compute.machine.ComputeEvent;
import dev.reveille.compute.machine.ComputeMachine;
import dev.reveille.compute.machine.ComputeState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done with the storage of one database, in the order of asking: each as soon as
 * nothing else is under way. Confined to its lane.
 */
final class Changes {
  private final Deque<Change<?>> asked = new ArrayDeque<>();
  private @Nullable Change<?> taken;
  private int beside;

  void add(Change<?> change) {
    asked.addLast(change);
  }

  /**
   * Begins what can be done next to the compute and refuses what cannot be done, up to the first one
   * that the machine has to make room for: its event is the answer.
   *
   * @param users how many sessions have the compute or are about to
   */
  Optional<ComputeEvent> next(ComputeState state, @Nullable RunningCompute running,
      IntSupplier users, Consumer<Runnable> lane) {
    if (state instanceof ComputeState.Stopping || state instanceof ComputeState.Changing) {
      return Optional.empty();
    }
    abandon(state);
    while (!asked.isEmpty()) {
      switch (state) {
        case ComputeState.Dropped _ -> asked.removeFirst().refuse(dropped());
        case ComputeState.Asleep _,ComputeState.BackingOff _ -> {
          return Optional.of(takeUp());
        }
        case ComputeState.Awake _ -> {
          int busy = users.getAsInt();
          if (asked.getFirst().beside() && running != null) {
            beginBeside(running, lane);
          } else if (!asked.getFirst().force() && busy > 0) {
            asked.removeFirst().refuse(new ComputeBusyException(busy));
          } else {
            return Optional.of(takeUp());
          }
        }
        case ComputeState.Starting _,ComputeState.Holding _,ComputeState.Stopping _,ComputeState.Changing _ -> {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private ComputeEvent takeUp() {
    Change<?> next = asked.removeFirst();
    taken = next;
    return new ComputeEvent.ChangeRequested(next.reason());
  }

  /** If one was taken up and the machine went elsewhere. */
  private void abandon(ComputeState state) {
    Change<?> change = taken;
    if (change != null) {
      taken = null;
      change.refuse(state instanceof ComputeState.Dropped
          ? dropped()
          : new ComputeFailedException(ComputeMachine.PROXY_STOPPING));
    }
  }

  private static ComputeFailedException dropped() {
    return new ComputeFailedException("the database was dropped");
  }

  private void beginBeside(RunningCompute running, Consumer<Runnable> lane) {
    beside++;
    asked.removeFirst().begin(Optional.of(running), (route, tell) -> lane.accept(() -> {
      beside--;
      tell.run();
    }));
  }

  /** Begins the one that was taken up: nothing runs. */
  void begin(Change.Ended ended) {
    Change<?> change = taken;
    if (change == null) {
      throw new IllegalStateException("no change was taken up");
    }
    taken = null;
    change.begin(Optional.empty(), ended);
  }

  /** Whether something is being done next to the compute, which must go on for it. */
  boolean anyBeside() {
    return beside > 0;
  }
}
