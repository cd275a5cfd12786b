package dev.reveille.compute;

import dev.reveille.compute.machine.ComputeEvent;
import dev.reveille.compute.machine.ComputeMachine;
import dev.reveille.compute.machine.ComputeState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done with the storage of one database, in the order of asking: each as soon as
 * nothing else is under way. Something that waits for sessions to go holds up nothing behind it.
 * Confined to its lane.
 */
final class Changes {
  /**
   * How long sessions are given to go: as long as Postgres gives them (CountOtherDBBackends in
   * src/backend/storage/ipc/procarray.c), for clients that close and drop at once.
   */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Deque<Change<?>> asked = new ArrayDeque<>();
  /** Whose time to wait for sessions is over. */
  private final Set<Change<?>> impatient = new HashSet<>();
  private @Nullable Change<?> taken;
  private int beside;

  void add(Change<?> change) {
    asked.addLast(change);
  }

  /** The time that it may wait for sessions to go is over. */
  void hurry(Change<?> change) {
    if (asked.contains(change)) {
      impatient.add(change);
    }
  }

  /**
   * Begins what can be done next to the compute and refuses what cannot be done, up to the first one
   * that the machine has to make room for: its event is the answer.
   *
   * @param users how many sessions have the compute or are about to
   */
  Optional<ComputeEvent> next(ComputeState state, @Nullable RunningCompute running,
      IntSupplier users, Consumer<Runnable> lane) {
    recalled();
    if (state instanceof ComputeState.Stopping || state instanceof ComputeState.Changing) {
      return Optional.empty();
    }
    abandon(state);
    for (Change<?> next : List.copyOf(asked)) {
      switch (state) {
        case ComputeState.Dropped _ -> refuse(next, dropped());
        case ComputeState.Asleep _,ComputeState.BackingOff _ -> {
          return Optional.of(takeUp(next));
        }
        case ComputeState.Awake _ -> {
          int busy = users.getAsInt();
          if (next.beside() && running != null) {
            beginBeside(next, running, lane);
          } else if (next.force() || busy == 0) {
            return Optional.of(takeUp(next));
          } else if (!next.patient() || impatient.contains(next)) {
            refuse(next, new ComputeBusyException(busy));
          }
        }
        case ComputeState.Starting _,ComputeState.Holding _,ComputeState.Stopping _,ComputeState.Changing _ -> {
          // It waits for that to end.
        }
      }
    }
    return Optional.empty();
  }

  private void recalled() {
    List.copyOf(asked)
        .stream()
        .filter(change -> change.recall().isAsked())
        .forEach(change -> refuse(change, new RecalledException()));
  }

  private void refuse(Change<?> change, RuntimeException why) {
    leave(change);
    change.refuse(why);
  }

  private void leave(Change<?> change) {
    asked.remove(change);
    impatient.remove(change);
  }

  private ComputeEvent takeUp(Change<?> next) {
    leave(next);
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

  private void beginBeside(Change<?> change, RunningCompute running, Consumer<Runnable> lane) {
    beside++;
    leave(change);
    change.begin(Optional.of(running), (route, tell) -> lane.accept(() -> {
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
