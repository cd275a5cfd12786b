package dev.reveille.compute.machine;

import dev.reveille.compute.EndReason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * One storage in virtual time: carries out what the machine asks as reality might, in any order that
 * reality allows, and checks after every step what must never be broken. A broken promise is an
 * AssertionError that names it.
 */
final class ComputeWorld {
  /** The function under test, or a broken one. */
  @FunctionalInterface
  interface Step {
    ComputeTransition step(ComputeState state, ComputeEvent event);
  }

  private final Step machine;
  private final ComputeLimits limits;
  private final RandomGenerator random;
  private final Set<Long> waiting = new HashSet<>();
  private final Set<Long> mayStart = new HashSet<>();
  private ComputeState state = ComputeState.INITIAL;
  private long now;
  private long nextId;
  private long epoch;
  private boolean running;
  private boolean starting;
  private boolean stopping;
  private boolean changing;
  private boolean givesWay;
  private boolean asked;
  private boolean held;
  private boolean forced;
  private boolean suspendWanted;
  private boolean again;
  private long holdTicket = -1;

  ComputeWorld(Step machine, ComputeLimits limits, RandomGenerator random) {
    this.machine = machine;
    this.limits = limits;
    this.random = random;
  }

  /** Lets one thing happen. */
  void somethingHappens() {
    List<Runnable> possible = new ArrayList<>();
    possible.add(this::wake);
    possible.add(this::wake);
    possible.add(() -> now += random.nextLong(limits.longestBackOff().toNanos()));
    possible.add(this::suspend);
    possible.add(() -> tell(new ComputeEvent.Lost(epoch - 1, "stale", now)));
    possible.add(() -> tell(new ComputeEvent.AllHeld(0)));
    if (!waiting.isEmpty()) {
      possible.add(this::leave);
    }
    if (starting) {
      possible.add(this::startSucceeds);
      possible.add(this::startFails);
    }
    if (stopping) {
      possible.add(this::stopped);
    }
    if (holdTicket >= 0) {
      possible.add(() -> holds(true));
      possible.add(() -> holds(false));
    }
    if (running && random.nextInt(4) == 0) {
      possible.add(this::crash);
    }
    if (random.nextInt(200) == 0) {
      possible.add(this::drop);
    }
    if (state instanceof ComputeState.Asleep && random.nextInt(10) == 0) {
      possible.add(this::name);
    }
    if (restful() && random.nextInt(5) == 0) {
      possible.add(() -> change(random.nextBoolean()));
    }
    if (changing) {
      possible.add(this::changed);
    }
    possible.get(random.nextInt(possible.size())).run();
  }

  /** Lets everything that is under way end well; afterwards nobody may be left waiting. */
  void comesToRest() {
    for (int i = 0; i < 100 && (starting || stopping || changing || holdTicket >= 0); i++) {
      if (changing) {
        changed();
      } else if (holdTicket >= 0) {
        holds(true);
      } else if (stopping) {
        stopped();
      } else {
        startSucceeds();
      }
    }
    require(!starting && !stopping && !changing && holdTicket < 0, "the machine comes to rest");
    require(waiting.isEmpty(), "every waiter is answered");
    require(!suspendWanted, "everyone who asked for a suspend is answered");
  }

  /** Whether the driver asks for a change now, or waits until what is under way has ended. */
  private boolean restful() {
    return state instanceof ComputeState.Asleep || state instanceof ComputeState.Awake
        || state instanceof ComputeState.BackingOff;
  }

  private void change(boolean mayGiveWay) {
    givesWay = mayGiveWay && !running;
    tell(new ComputeEvent.ChangeRequested(EndReason.SUSPENDED, mayGiveWay));
  }

  private void changed() {
    changing = false;
    tell(new ComputeEvent.Changed());
  }

  boolean dropped() {
    return state instanceof ComputeState.Dropped;
  }

  private void wake() {
    long waiter = ++nextId;
    waiting.add(waiter);
    boolean leave = random.nextInt(4) > 0;
    if (leave) {
      mayStart.add(waiter);
    }
    tell(new ComputeEvent.WakeRequested(waiter, leave, now));
  }

  private void leave() {
    long waiter = waiting.stream().skip(random.nextInt(waiting.size())).findFirst().orElseThrow();
    waiting.remove(waiter);
    tell(new ComputeEvent.WaiterLeft(waiter));
  }

  private void suspend() {
    suspendWanted = true;
    tell(new ComputeEvent.SuspendRequested(++nextId));
  }

  private void drop() {
    forced = true;
    tell(new ComputeEvent.DropRequested());
  }

  private void name() {
    starting = true;
    tell(new ComputeEvent.NamingBegan());
  }

  private void startSucceeds() {
    starting = false;
    running = true;
    epoch++;
    tell(new ComputeEvent.Started(epoch, now));
  }

  private void startFails() {
    starting = false;
    tell(new ComputeEvent.StartFailed("no luck", now));
  }

  private void holds(boolean all) {
    long ticket = holdTicket;
    holdTicket = -1;
    held = all;
    tell(all ? new ComputeEvent.AllHeld(ticket) : new ComputeEvent.HoldRefused(ticket));
    held = false;
  }

  private void stopped() {
    stopping = false;
    running = false;
    tell(new ComputeEvent.Stopped());
  }

  private void crash() {
    running = false;
    tell(new ComputeEvent.Lost(epoch, "killed", now));
    if (!stopping) {
      holdTicket = -1;
    }
  }

  private void tell(ComputeEvent event) {
    ComputeTransition transition = machine.step(state, event);
    again = event instanceof ComputeEvent.StartFailed;
    state = transition.next();
    transition.actions().forEach(this::carryOut);
    check();
  }

  private void carryOut(ComputeAction action) {
    switch (action) {
      case ComputeAction.Start start -> {
        require(!starting && !stopping && !running, "one compute per storage");
        require(!changing, "nothing starts on a storage that is being changed");
        require(again || waiting.stream().anyMatch(mayStart::contains),
            "nothing is started without leave");
        starting = true;
      }
      case ComputeAction.AnswerReady ready -> {
        require(running && !stopping, "ready means that the compute runs and is not being stopped");
        require(ready.epoch() == epoch, "ready is of this epoch");
        ready.waiters().ids().forEach(this::answered);
      }
      case ComputeAction.AnswerTooMany many -> answered(many.waiter());
      case ComputeAction.AnswerBackingOff off -> {
        require(!off.retryAfter().isNegative()
            && off.retryAfter().compareTo(limits.longestBackOff()) <= 0, "back-off is bounded");
        answered(off.waiter());
      }
      case ComputeAction.AnswerFailed failed -> failed.waiters().ids().forEach(this::answered);
      case ComputeAction.AnswerNotAllowed refused -> {
        require(refused.waiters().ids().stream().noneMatch(mayStart::contains),
            "whoever has leave is not refused for want of it");
        refused.waiters().ids().forEach(this::answered);
      }
      case ComputeAction.AnswerDropped gone -> gone.waiters().ids().forEach(this::answered);
      case ComputeAction.AskToHold ask -> {
        require(holdTicket < 0, "one hold at a time");
        holdTicket = ask.ticket();
      }
      case ComputeAction.Release release -> {
      }
      case ComputeAction.End end -> {
      }
      case ComputeAction.Stop stop -> {
        require(!stopping, "one stop at a time");
        require(held || forced || waiting.isEmpty(), "nothing is stopped under a session");
        stopping = true;
        holdTicket = -1;
      }
      case ComputeAction.AnswerSuspend suspend -> suspendWanted = false;
      case ComputeAction.Change change -> {
        require(!running && !starting && !stopping && !changing,
            "a storage is changed when nothing uses it");
        changing = true;
        asked = false;
      }
      case ComputeAction.GiveUpChange giveUp -> {
        require(changing && givesWay && !asked, "only a change that gives way is given up, once");
        asked = true;
      }
      case ComputeAction.DeleteStorage delete ->
        require(!running && !starting && !stopping && !changing,
            "a storage is deleted when nothing uses it");
    }
  }

  private void answered(long waiter) {
    require(waiting.remove(waiter), "each waiter is answered once, and never after it left");
  }

  private void check() {
    Waiters queue = switch (state) {
      case ComputeState.Starting starting -> starting.waiters();
      case ComputeState.Holding holding -> holding.waiters();
      case ComputeState.Stopping stopping -> stopping.waiters();
      case ComputeState.Changing changing -> changing.waiters();
      case ComputeState.Asleep s -> Waiters.NONE;
      case ComputeState.Awake s -> Waiters.NONE;
      case ComputeState.BackingOff s -> Waiters.NONE;
      case ComputeState.Dropped s -> Waiters.NONE;
    };
    require(waiting.equals(new HashSet<>(queue.ids())), "whoever waits is in the queue");
    require(queue.size() <= limits.maxWaiters(), "the queue is bounded");
    require(!changing || !givesWay || asked || waiting.stream().noneMatch(mayStart::contains),
        "whoever may start waits for no change that gives way");
  }

  private static void require(boolean holds, String promise) {
    if (!holds) {
      throw new AssertionError("broken: " + promise);
    }
  }
}
