package dev.reveille.compute.machine;

import dev.reveille.compute.EndReason;
import dev.reveille.compute.SuspendOutcome;
import dev.reveille.compute.machine.ComputeAction.AnswerBackingOff;
import dev.reveille.compute.machine.ComputeAction.AnswerDropped;
import dev.reveille.compute.machine.ComputeAction.AnswerFailed;
import dev.reveille.compute.machine.ComputeAction.AnswerNotAllowed;
import dev.reveille.compute.machine.ComputeAction.AnswerReady;
import dev.reveille.compute.machine.ComputeAction.AnswerSuspend;
import dev.reveille.compute.machine.ComputeAction.AnswerTooMany;
import dev.reveille.compute.machine.ComputeAction.AskToHold;
import dev.reveille.compute.machine.ComputeAction.Change;
import dev.reveille.compute.machine.ComputeAction.DeleteStorage;
import dev.reveille.compute.machine.ComputeAction.End;
import dev.reveille.compute.machine.ComputeAction.GiveUpChange;
import dev.reveille.compute.machine.ComputeAction.Release;
import dev.reveille.compute.machine.ComputeAction.Start;
import dev.reveille.compute.machine.ComputeAction.Stop;
import dev.reveille.compute.machine.ComputeEvent.AllHeld;
import dev.reveille.compute.machine.ComputeEvent.ChangeRequested;
import dev.reveille.compute.machine.ComputeEvent.Changed;
import dev.reveille.compute.machine.ComputeEvent.DropRequested;
import dev.reveille.compute.machine.ComputeEvent.HoldRefused;
import dev.reveille.compute.machine.ComputeEvent.Lost;
import dev.reveille.compute.machine.ComputeEvent.NamingBegan;
import dev.reveille.compute.machine.ComputeEvent.StartFailed;
import dev.reveille.compute.machine.ComputeEvent.Started;
import dev.reveille.compute.machine.ComputeEvent.StopRequested;
import dev.reveille.compute.machine.ComputeEvent.Stopped;
import dev.reveille.compute.machine.ComputeEvent.SuspendRequested;
import dev.reveille.compute.machine.ComputeEvent.WaiterLeft;
import dev.reveille.compute.machine.ComputeEvent.WakeRequested;
import dev.reveille.compute.machine.ComputeState.Asleep;
import dev.reveille.compute.machine.ComputeState.Awake;
import dev.reveille.compute.machine.ComputeState.BackingOff;
import dev.reveille.compute.machine.ComputeState.Changing;
import dev.reveille.compute.machine.ComputeState.Dropped;
import dev.reveille.compute.machine.ComputeState.Holding;
import dev.reveille.compute.machine.ComputeState.Starting;
import dev.reveille.compute.machine.ComputeState.Stopping;
import dev.reveille.compute.machine.ComputeState.Then;
import java.time.Duration;

/**
 * The life of one database's compute, as a pure function. At most one start, stop or hold is under way
 * at any time; every waiter is answered exactly once unless it leaves; a wake during a suspend waits
 * for its end and starts the compute again; nothing is started for someone who may not have it
 * started; a change that gives way is given up for whoever may. The table of all transitions is docs/compute-machine.md.
 */
public record ComputeMachine(ComputeLimits limits) {
  /** What waiters are told once the proxy is stopping. */
  public static final String PROXY_STOPPING = "the proxy is stopping";
  private static final AnswerSuspend ALREADY_ASLEEP = new AnswerSuspend(
      new SuspendOutcome.AlreadyAsleep());
  private static final AnswerSuspend SUSPENDED = new AnswerSuspend(new SuspendOutcome.Suspended());

  /**
   * The next state and what to do.
   *
   * @throws IllegalStateException for an event that a correct driver cannot send in this state
   */
  public ComputeTransition step(ComputeState state, ComputeEvent event) {
    ComputeTransition transition = switch (state) {
      case Asleep asleep -> asleep(asleep, event);
      case Starting starting -> starting(starting, event);
      case Awake awake -> awake(awake, event);
      case Holding holding -> holding(holding, event);
      case Stopping stopping -> stopping(stopping, event);
      case Changing changing -> changing(changing, event);
      case BackingOff backingOff -> backingOff(backingOff, event);
      case Dropped dropped -> dropped(dropped, event);
    };
    return transition.withoutEmptyAnswers();
  }

  private ComputeTransition asleep(Asleep state, ComputeEvent event) {
    return switch (event) {
      case WakeRequested wake -> start(state, wake, state.failures());
      case NamingBegan naming -> naming(state.failures());
      case SuspendRequested suspend -> ComputeTransition.to(state, ALREADY_ASLEEP);
      case StopRequested stop -> ComputeTransition.to(state, ALREADY_ASLEEP);
      case DropRequested drop -> ComputeTransition.to(new Dropped(), new DeleteStorage());
      case WaiterLeft stale -> ComputeTransition.to(state);
      case AllHeld stale -> ComputeTransition.to(state);
      case HoldRefused stale -> ComputeTransition.to(state);
      case Lost stale -> ComputeTransition.to(state);
      case Started _,StartFailed _,Stopped _ -> throw impossible(state, event);
      case ChangeRequested change -> changeAtRest(change);
      case Changed impossible -> throw impossible(state, event);
    };
  }

  private ComputeTransition starting(Starting state, ComputeEvent event) {
    return switch (event) {
      case WakeRequested wake -> queue(state.waiters(), state.then(), wake, state,
          more -> new Starting(more.withoutLeave(), state.failures(), state.naming(),
              state.then()));
      case WaiterLeft left -> ComputeTransition.to(new Starting(
          state.waiters().without(left.waiter()), state.failures(), state.naming(), state.then()));
      case Started started -> started(state, started);
      case StartFailed failed -> startFailed(state, failed);
      case SuspendRequested suspend -> ComputeTransition.to(state.then() == Then.SERVE
          ? new Starting(state.waiters(), state.failures(), state.naming(), Then.SUSPEND)
          : state);
      case StopRequested stop -> ComputeTransition.to(
          new Starting(Waiters.NONE, state.failures(), state.naming(),
              state.then() == Then.DROP ? Then.DROP : Then.STOP),
          new AnswerFailed(state.waiters(), PROXY_STOPPING));
      case DropRequested drop -> ComputeTransition.to(
          new Starting(Waiters.NONE, state.failures(), state.naming(), Then.DROP),
          new AnswerDropped(state.waiters()));
      case AllHeld stale -> ComputeTransition.to(state);
      case HoldRefused stale -> ComputeTransition.to(state);
      case Lost stale -> ComputeTransition.to(state);
      case NamingBegan _,Stopped _,ChangeRequested _,Changed _ -> throw impossible(state, event);
    };
  }

  private static ComputeTransition started(Starting state, Started event) {
    Awake awake = new Awake(event.epoch(), event.now(), state.failures());
    AnswerReady ready = new AnswerReady(state.waiters(), event.epoch(), true);
    return switch (state.then()) {
      case SERVE -> ComputeTransition.to(awake, ready);
      case SUSPEND -> state.waiters().isEmpty()
          ? ComputeTransition.to(new Stopping(Waiters.NONE, Then.SERVE), new Stop())
          : ComputeTransition.to(awake, ready, busy("a client is connecting"));
      case STOP -> ComputeTransition.to(new Stopping(Waiters.NONE, Then.STOP), new Stop());
      case DROP -> ComputeTransition.to(new Stopping(Waiters.NONE, Then.DROP), new Stop());
      case CHANGE -> throw impossible(state, event);
    };
  }

  private ComputeTransition startFailed(Starting state, StartFailed event) {
    int failures = state.failures() + 1;
    return switch (state.then()) {
      case STOP -> ComputeTransition.to(new Asleep(failures), ALREADY_ASLEEP);
      case DROP -> ComputeTransition.to(new Dropped(), ALREADY_ASLEEP, new DeleteStorage());
      case CHANGE -> throw impossible(state, event);
      case SERVE, SUSPEND -> {
        if (failures < limits.attempts() && !state.naming() && !state.waiters().isEmpty()) {
          yield ComputeTransition.to(
              new Starting(state.waiters(), failures, false, state.then()), new Start());
        }
        yield ComputeTransition.to(backOff(failures, event.reason(), event.now()),
            new AnswerFailed(state.waiters(), event.reason()), ALREADY_ASLEEP);
      }
    };
  }

  private ComputeTransition awake(Awake state, ComputeEvent event) {
    return switch (event) {
      case WakeRequested wake -> ComputeTransition.to(state,
          new AnswerReady(Waiters.of(wake.waiter()), state.epoch(), false));
      case SuspendRequested suspend -> ComputeTransition.to(
          new Holding(state, suspend.ticket(), Waiters.NONE), new AskToHold(suspend.ticket()));
      case StopRequested stop -> ComputeTransition.to(new Stopping(Waiters.NONE, Then.STOP),
          new End(EndReason.STOPPING), new Stop());
      case DropRequested drop -> ComputeTransition.to(new Stopping(Waiters.NONE, Then.DROP),
          new End(EndReason.DROPPED), new Stop());
      case Lost lost -> lost.epoch() == state.epoch()
          ? ComputeTransition.to(afterLoss(state, lost), new End(EndReason.COMPUTE_LOST))
          : ComputeTransition.to(state);
      case WaiterLeft stale -> ComputeTransition.to(state);
      case AllHeld stale -> ComputeTransition.to(state);
      case HoldRefused stale -> ComputeTransition.to(state);
      case NamingBegan _,Started _,StartFailed _,Stopped _ -> throw impossible(state, event);
      case ChangeRequested change -> ComputeTransition.to(new Stopping(Waiters.NONE, Then.CHANGE),
          new End(change.reason()), new Stop());
      case Changed impossible -> throw impossible(state, event);
    };
  }

  private ComputeTransition holding(Holding state, ComputeEvent event) {
    return switch (event) {
      case WakeRequested wake -> queue(state.waiters(), Then.SERVE, wake, state,
          more -> new Holding(state.awake(), state.ticket(), more));
      case WaiterLeft left -> ComputeTransition.to(new Holding(state.awake(), state.ticket(),
          state.waiters().without(left.waiter())));
      case AllHeld held -> held.ticket() == state.ticket()
          ? ComputeTransition.to(new Stopping(state.waiters(), Then.SERVE),
              new End(EndReason.SUSPENDED), new Stop())
          : ComputeTransition.to(state);
      case HoldRefused refused -> refused.ticket() == state.ticket()
          ? ComputeTransition.to(state.awake(), new Release(),
              new AnswerReady(state.waiters(), state.awake().epoch(), false),
              busy("a session is not at rest"))
          : ComputeTransition.to(state);
      case SuspendRequested joins -> ComputeTransition.to(state);
      case StopRequested stop -> ComputeTransition.to(new Stopping(Waiters.NONE, Then.STOP),
          new AnswerFailed(state.waiters(), PROXY_STOPPING), new End(EndReason.STOPPING),
          new Stop());
      case DropRequested drop -> ComputeTransition.to(new Stopping(Waiters.NONE, Then.DROP),
          new AnswerDropped(state.waiters()), new End(EndReason.DROPPED), new Stop());
      case Lost lost -> lost.epoch() == state.awake().epoch()
          ? lostWhileHolding(state, lost)
          : ComputeTransition.to(state);
      case NamingBegan _,Started _,StartFailed _,Stopped _,ChangeRequested _,Changed _ ->
        throw impossible(state, event);
    };
  }

  private ComputeTransition lostWhileHolding(Holding state, Lost event) {
    End end = new End(EndReason.COMPUTE_LOST);
    return switch (afterLoss(state.awake(), event)) {
      case BackingOff backOff -> ComputeTransition.to(backOff, end, ALREADY_ASLEEP,
          new AnswerFailed(state.waiters(), backOff.reason()));
      case ComputeState asleep when state.waiters().isEmpty() -> ComputeTransition.to(asleep, end,
          ALREADY_ASLEEP);
      case ComputeState asleep when !state.waiters().mayStart() -> ComputeTransition.to(asleep,
          end, ALREADY_ASLEEP, new AnswerNotAllowed(state.waiters()));
      case ComputeState asleep -> ComputeTransition.to(
          new Starting(state.waiters().withoutLeave(), failuresAfterLoss(state.awake(), event),
              false,
              Then.SERVE),
          end, ALREADY_ASLEEP, new Start());
    };
  }

  private ComputeTransition stopping(Stopping state, ComputeEvent event) {
    return switch (event) {
      case WakeRequested wake -> queue(state.waiters(), state.then(), wake, state,
          more -> new Stopping(more, state.then()));
      case WaiterLeft left -> ComputeTransition.to(
          new Stopping(state.waiters().without(left.waiter()), state.then()));
      case Stopped stopped -> stopped(state);
      case StopRequested stop -> ComputeTransition.to(
          new Stopping(Waiters.NONE, state.then() == Then.DROP ? Then.DROP : Then.STOP),
          new AnswerFailed(state.waiters(), PROXY_STOPPING));
      case DropRequested drop -> ComputeTransition.to(new Stopping(Waiters.NONE, Then.DROP),
          new AnswerDropped(state.waiters()));
      case SuspendRequested joins -> ComputeTransition.to(state);
      case AllHeld stale -> ComputeTransition.to(state);
      case HoldRefused stale -> ComputeTransition.to(state);
      case Lost expected -> ComputeTransition.to(state);
      case NamingBegan _,Started _,StartFailed _,ChangeRequested _,Changed _ ->
        throw impossible(state, event);
    };
  }

  private static ComputeTransition stopped(Stopping state) {
    return switch (state.then()) {
      case DROP -> ComputeTransition.to(new Dropped(), SUSPENDED, new DeleteStorage());
      case CHANGE -> ComputeTransition.to(new Changing(state.waiters(), Then.SERVE, false),
          SUSPENDED, new Change());
      case SERVE, SUSPEND, STOP -> atRest(state.waiters(), SUSPENDED);
    };
  }

  /** Nothing runs and nothing is under way: those who wait begin a start, if they may. */
  private static ComputeTransition atRest(Waiters waiters, AnswerSuspend answer) {
    return waiters.mayStart()
        ? ComputeTransition.to(new Starting(waiters.withoutLeave(), 0, false, Then.SERVE), answer,
            new Start())
        : ComputeTransition.to(new Asleep(0), answer, new AnswerNotAllowed(waiters));
  }

  private static ComputeTransition changeAtRest(ChangeRequested change) {
    return ComputeTransition.to(new Changing(Waiters.NONE, Then.SERVE, change.givesWay()),
        new Change());
  }

  private ComputeTransition changing(Changing state, ComputeEvent event) {
    return switch (event) {
      case WakeRequested wake -> {
        ComputeTransition queued = queue(state.waiters(), state.then(), wake, state,
            more -> new Changing(more, state.then(), state.givesWay() && !wake.mayStart()));
        yield state.givesWay() && queued.next() instanceof Changing next && !next.givesWay()
            ? ComputeTransition.to(queued.next(), new GiveUpChange())
            : queued;
      }
      case WaiterLeft left -> ComputeTransition.to(new Changing(
          state.waiters().without(left.waiter()), state.then(), state.givesWay()));
      case Changed changed -> state.then() == Then.DROP
          ? ComputeTransition.to(new Dropped(), ALREADY_ASLEEP, new DeleteStorage())
          : atRest(state.waiters(), ALREADY_ASLEEP);
      case StopRequested stop -> {
        Changing next = new Changing(Waiters.NONE,
            state.then() == Then.DROP ? Then.DROP : Then.STOP, false);
        AnswerFailed answer = new AnswerFailed(state.waiters(), PROXY_STOPPING);
        yield state.givesWay()
            ? ComputeTransition.to(next, answer, new GiveUpChange())
            : ComputeTransition.to(next, answer);
      }
      case DropRequested drop -> ComputeTransition.to(
          new Changing(Waiters.NONE, Then.DROP, state.givesWay()),
          new AnswerDropped(state.waiters()));
      case SuspendRequested joins -> ComputeTransition.to(state);
      case AllHeld stale -> ComputeTransition.to(state);
      case HoldRefused stale -> ComputeTransition.to(state);
      case Lost stale -> ComputeTransition.to(state);
      case ChangeRequested _,NamingBegan _,Started _,StartFailed _,Stopped _ ->
        throw impossible(state, event);
    };
  }

  private ComputeTransition backingOff(BackingOff state, ComputeEvent event) {
    return switch (event) {
      case WakeRequested wake -> state.until() - wake.now() > 0
          ? ComputeTransition.to(state,
              new AnswerBackingOff(wake.waiter(), Duration.ofNanos(state.until() - wake.now()),
                  state.reason()))
          : start(state, wake, state.failures());
      case NamingBegan naming -> naming(state.failures());
      case SuspendRequested suspend -> ComputeTransition.to(state, ALREADY_ASLEEP);
      case StopRequested stop -> ComputeTransition.to(state, ALREADY_ASLEEP);
      case DropRequested drop -> ComputeTransition.to(new Dropped(), new DeleteStorage());
      case WaiterLeft stale -> ComputeTransition.to(state);
      case AllHeld stale -> ComputeTransition.to(state);
      case HoldRefused stale -> ComputeTransition.to(state);
      case Lost stale -> ComputeTransition.to(state);
      case Started _,StartFailed _,Stopped _ -> throw impossible(state, event);
      case ChangeRequested change -> changeAtRest(change);
      case Changed impossible -> throw impossible(state, event);
    };
  }

  private static ComputeTransition dropped(Dropped state, ComputeEvent event) {
    return switch (event) {
      case WakeRequested wake -> ComputeTransition.to(state,
          new AnswerDropped(Waiters.of(wake.waiter())));
      case SuspendRequested suspend -> ComputeTransition.to(state, ALREADY_ASLEEP);
      case StopRequested stop -> ComputeTransition.to(state, ALREADY_ASLEEP);
      case DropRequested again -> ComputeTransition.to(state, new DeleteStorage());
      case WaiterLeft stale -> ComputeTransition.to(state);
      case AllHeld stale -> ComputeTransition.to(state);
      case HoldRefused stale -> ComputeTransition.to(state);
      case Lost stale -> ComputeTransition.to(state);
      case NamingBegan _,Started _,StartFailed _,Stopped _,ChangeRequested _,Changed _ ->
        throw impossible(state, event);
    };
  }

  /** Whether a wake in this state may have to start the compute: then there must be leave for it. */
  public boolean mayNeedStart(ComputeState state, long now) {
    return switch (state) {
      case Asleep asleep -> true;
      case BackingOff backingOff -> backingOff.until() - now <= 0;
      case Holding holding -> true;
      case Stopping stopping -> servesAfterwards(stopping.then());
      case Changing changing -> servesAfterwards(changing.then());
      case Starting starting -> false;
      case Awake awake -> false;
      case Dropped dropped -> false;
    };
  }

  private static boolean servesAfterwards(Then then) {
    return then != Then.STOP && then != Then.DROP;
  }

  private static ComputeTransition start(ComputeState same, WakeRequested wake, int failures) {
    Waiters alone = Waiters.of(wake.waiter());
    return wake.mayStart()
        ? ComputeTransition.to(new Starting(alone, failures, false, Then.SERVE), new Start())
        : ComputeTransition.to(same, new AnswerNotAllowed(alone));
  }

  private static ComputeTransition naming(int failures) {
    return ComputeTransition.to(new Starting(Waiters.NONE, failures, true, Then.SERVE));
  }

  /** Builds the same state with more waiters. */
  private interface WithWaiters {
    ComputeState state(Waiters waiters);
  }

  private ComputeTransition queue(Waiters waiters, Then then, WakeRequested wake,
      ComputeState same, WithWaiters more) {
    Waiters alone = Waiters.of(wake.waiter());
    return switch (then) {
      case DROP -> ComputeTransition.to(same, new AnswerDropped(alone));
      case STOP -> ComputeTransition.to(same, new AnswerFailed(alone, PROXY_STOPPING));
      case SERVE, SUSPEND, CHANGE -> waiters.size() >= limits.maxWaiters()
          ? ComputeTransition.to(same, new AnswerTooMany(wake.waiter(), limits.maxWaiters()))
          : ComputeTransition.to(more.state(waiters.with(wake.waiter(), wake.mayStart())));
    };
  }

  private ComputeState afterLoss(Awake awake, Lost event) {
    int failures = failuresAfterLoss(awake, event);
    return failures > limits.attempts()
        ? backOff(failures, "the compute keeps ending: " + event.reason(), event.now())
        : new Asleep(failures);
  }

  /** One that lived long enough starts with a clean slate. */
  private int failuresAfterLoss(Awake awake, Lost event) {
    boolean stable = event.now() - awake.since() >= limits.stableAfter().toNanos();
    return stable ? 0 : awake.failures() + 1;
  }

  private BackingOff backOff(int failures, String reason, long now) {
    return new BackingOff(now + limits.backOff(failures).toNanos(), failures, reason);
  }

  private static AnswerSuspend busy(String reason) {
    return new AnswerSuspend(new SuspendOutcome.Busy(reason));
  }

  private static IllegalStateException impossible(ComputeState state, ComputeEvent event) {
    return new IllegalStateException(event + " cannot happen in " + state);
  }
}
