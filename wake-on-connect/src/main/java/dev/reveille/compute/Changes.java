package dev.reveille.compute;

import dev.reveille.cell.Route;
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
import java.util.concurrent.atomic.LongAdder;
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
  private final LongAdder moved = new LongAdder();
  private @Nullable Change<?> taken;
  private @Nullable Change<?> alone;
  private int beside;
  private boolean stopping;

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
    if (stopping) {
      List.copyOf(asked)
          .forEach(change -> refuse(change,
              new ComputeFailedException(ComputeMachine.PROXY_STOPPING)));
    }
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
    return new ComputeEvent.ChangeRequested(next.reason(), next.attempts().giveWay());
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
    run(change, Optional.of(running), lane, nothing -> beside--);
  }

  /**
   * Begins the one that was taken up: nothing runs.
   *
   * @param over hears, on the lane, that the storage is free again, and of the new route if there is
   *     one; before whoever asked for the change is told of its end
   */
  void begin(Consumer<Runnable> lane, Consumer<Optional<Route>> over) {
    Change<?> change = taken;
    if (change == null) {
      throw new IllegalStateException("no change was taken up");
    }
    taken = null;
    alone = change;
    run(change, Optional.empty(), lane, route -> {
      alone = null;
      over.accept(route);
    });
  }

  private <T> void run(Change<T> change, Optional<RunningCompute> running,
      Consumer<Runnable> lane, Consumer<Optional<Route>> over) {
    Hold hold = new Hold(moved);
    boolean[] free = {false};
    hold.released().thenRun(() -> lane.accept(() -> free(free, over, Optional.empty())));
    change.begin(running, hold).whenComplete((result, failure) -> lane.accept(() -> {
      boolean again = change.attempts().again(failure);
      if (again) {
        asked.addFirst(change);
      }
      free(free, over, result instanceof Route route ? Optional.of(route) : Optional.empty());
      if (failure == null) {
        change.tell(result);
      } else if (!again) {
        change.refuse(Attempts.told(failure));
      }
    }));
  }

  private static void free(boolean[] free, Consumer<Optional<Route>> over,
      Optional<Route> route) {
    if (!free[0]) {
      free[0] = true;
      over.accept(route);
    }
  }

  /** The proxy is stopping: what was not begun is not begun any more. */
  void stop() {
    stopping = true;
  }

  /** Somebody waits for what the change has that was begun alone. */
  void giveUp() {
    if (alone != null) {
      alone.attempts().giveUp();
    }
  }

  /** Nobody wants the result of this one any more; it may be in any state, or over. */
  void abandon(Change<?> change) {
    if (asked.remove(change)) {
      change.refuse(new ComputeFailedException("it was given up"));
    } else {
      change.attempts().abandon();
    }
  }

  /** Whether something is being done next to the compute, which must go on for it. */
  boolean anyBeside() {
    return beside > 0;
  }

  /** Bytes moved by all of them. From any thread. */
  long moved() {
    return moved.sum();
  }
}
