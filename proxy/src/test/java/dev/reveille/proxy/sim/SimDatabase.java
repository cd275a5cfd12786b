package dev.reveille.proxy.sim;

import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.Route;
import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.compute.EndReason;
import dev.reveille.compute.StartPermit;
import dev.reveille.compute.WakeOutcome;
import dev.reveille.compute.machine.ComputeAction;
import dev.reveille.compute.machine.ComputeEvent;
import dev.reveille.compute.machine.ComputeLimits;
import dev.reveille.compute.machine.ComputeState;
import dev.reveille.compute.machine.Waiters;
import dev.reveille.proxy.connect.ConnectOutcome;
import dev.reveille.proxy.session.Given;
import dev.reveille.proxy.session.SessionEvent.EndAsked;
import dev.reveille.proxy.session.SessionEvent.HoldAsked;
import dev.reveille.proxy.session.SessionEvent.Released;
import dev.reveille.proxy.session.SessionEvent.Woken;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.Severity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * One database: the real compute machine, driven as the supervisor does, on a provider that takes
 * its time, fails, and loses its processes.
 */
final class SimDatabase {
  private static final ComputeLimits LIMITS = new ComputeLimits(30, 2, Duration.ofMillis(200),
      Duration.ofSeconds(4), Duration.ofSeconds(2));
  private static final long HOLD_LIMIT_MILLIS = 1_000;
  private static final int MAX_CONNECTIONS = 6;

  private static final class Asked {
    private final SimSession session;
    private final int attempt;
    private final StartPermit permit;
    private boolean holdsPermit;

    Asked(SimSession session, int attempt, StartPermit permit) {
      this.session = session;
      this.attempt = attempt;
      this.permit = permit;
    }

    void returnPermit() {
      if (holdsPermit) {
        holdsPermit = false;
        permit.giveBack();
      }
    }
  }

  final String name;
  final Route route;
  private final World world;
  private final World.Lane lane;
  private final PlantedComputeMachine machine;
  private final Map<Long, Asked> waiting = new LinkedHashMap<>();
  private final Set<Long> leases = new LinkedHashSet<>();
  private final Map<SimSession, Integer> attached = new LinkedHashMap<>();
  private final List<SimLink> links = new ArrayList<>();
  private ComputeState state = ComputeState.INITIAL;
  private long waiters;
  private long tickets;
  private long epochs;
  private long running;
  private long refusesUntil;
  private boolean starting;
  private boolean stopping;
  private boolean again;
  /** The change that is under way; each has a number, since it may end early. */
  private long changes;
  private boolean changing;

  SimDatabase(World world, String name) {
    this.world = world;
    lane = world.new Lane();
    this.name = name;
    var given = Given.route(name);
    route = new Route(new DatabaseId(new UUID(world.random.nextLong(), 5)), given.account(), name,
        given.homeCell(), given.storage(), given.settings(), 1);
    machine = new PlantedComputeMachine(LIMITS, world);
  }

  long wake(SimSession session, int attempt, StartPermit permit) {
    var waiter = ++waiters;
    lane.run(() -> {
      var asked = new Asked(session, attempt, permit);
      waiting.put(waiter, asked);
      var needed = machine.mayNeedStart(state, world.now());
      asked.holdsPermit = needed && permit.take();
      step(new ComputeEvent.WakeRequested(waiter, !needed || asked.holdsPermit, world.now()));
    });
    return waiter;
  }

  void abandoned(long waiter) {
    lane.run(() -> {
      leases.remove(waiter);
      var left = waiting.remove(waiter);
      if (left != null) {
        left.returnPermit();
        step(new ComputeEvent.WaiterLeft(waiter));
      }
    });
  }

  void attach(SimSession session) {
    var attachment = session.attachment();
    lane.run(() -> attachNow(session, attachment));
  }

  private void attachNow(SimSession session, int attachment) {
    attached.put(session, attachment);
    switch (state) {
      case ComputeState.Awake _ -> {
      }
      case ComputeState.Holding holding -> step(new ComputeEvent.HoldRefused(holding.ticket()));
      case ComputeState.Asleep _,ComputeState.BackingOff _,ComputeState.Starting _ ->
        session.order(attachment, new EndAsked(EndReason.COMPUTE_LOST));
      case ComputeState.Stopping stopping -> session.order(attachment,
          new EndAsked(stopping.then() == ComputeState.Then.DROP
              ? EndReason.DROPPED
              : EndReason.SUSPENDED));
      case ComputeState.Changing _ ->
        session.order(attachment, new EndAsked(EndReason.SUSPENDED));
      case ComputeState.Dropped _ -> session.order(attachment, new EndAsked(EndReason.DROPPED));
    }
  }

  void detach(SimSession session) {
    lane.run(() -> attached.remove(session));
  }

  void forget(long epoch) {
    lane.run(() -> {
      if (epoch != running) {
        step(new ComputeEvent.Lost(epoch, "it does not answer", world.now()));
      }
    });
  }

  boolean serves(long epoch) {
    return running == epoch && world.now() >= refusesUntil;
  }

  ConnectOutcome connect(SimSession session, long epoch) {
    if (!serves(epoch) || world.chance(0.02)) {
      return new ConnectOutcome.Unreachable("nobody is there");
    }
    if (stopping) {
      return new ConnectOutcome.Refused(ErrorFields.of(Severity.FATAL, "57P03",
          "the database system is shutting down"));
    }
    if (links.size() >= MAX_CONNECTIONS) {
      return new ConnectOutcome.Refused(
          ErrorFields.of(Severity.FATAL, "53300", "sorry, too many clients already"));
    }
    var link = new SimLink(this, epoch, session);
    links.add(link);
    return new ConnectOutcome.Ready(link);
  }

  void disconnected(SimLink link) {
    world.after(world.between(0, 5), () -> links.remove(link));
  }

  /** SIGKILL, or what looks like it. */
  void killed() {
    if (running == 0 || stopping) {
      return;
    }
    var epoch = running;
    gone();
    world.after(world.between(0, 30),
        () -> step(new ComputeEvent.Lost(epoch, "killed", world.now())));
  }

  private void gone() {
    running = 0;
    var cut = List.copyOf(links);
    links.clear();
    cut.stream().filter(link -> link.open).forEach(link -> link.session.computeGone(link));
  }

  void suspendAsked() {
    step(new ComputeEvent.SuspendRequested(++tickets));
  }

  /** A restore, a rename, an archive: everybody is sent away, busy or not. Or a copy, which gives way. */
  void changeAsked() {
    if (state instanceof ComputeState.Asleep || state instanceof ComputeState.Awake
        || state instanceof ComputeState.BackingOff) {
      step(new ComputeEvent.ChangeRequested(EndReason.STOPPING, world.chance(0.5)));
    }
  }

  private void change() {
    world.check(running == 0 && !starting && !stopping && !changing,
        "%s: changed while it is in use", name);
    changing = true;
    var number = ++changes;
    var copies = state instanceof ComputeState.Changing change && change.givesWay();
    world.after(copies ? world.between(1_000, 20_000) : world.between(1, 200),
        () -> changed(number));
  }

  private void giveUpChange() {
    var number = changes;
    world.check(changing, "%s: what is not under way is given up", name);
    world.after(world.between(1, 50), () -> changed(number));
  }

  private void changed(long number) {
    if (changing && number == changes) {
      changing = false;
      step(new ComputeEvent.Changed());
    }
  }

  void dropAsked() {
    step(new ComputeEvent.DropRequested());
  }

  void idleCheck() {
    if (state instanceof ComputeState.Awake && leases.isEmpty()
        && attached.keySet().stream().noneMatch(SimSession::busy)) {
      suspendAsked();
    }
  }

  private void step(ComputeEvent event) {
    world.stepped(state, event, () -> name + " " + event + " in " + state);
    var transition = machine.step(state, event, running);
    var suspending = event instanceof ComputeEvent.AllHeld;
    state = transition.next();
    again = event instanceof ComputeEvent.StartFailed;
    transition.actions().forEach(action -> perform(action, suspending));
    world.check(waitersOf(state).equals(waiting.keySet()),
        "%s: waiters %s, but the machine in %s knows %s", name, waiting.keySet(), state,
        waitersOf(state));
  }

  private static Set<Long> waitersOf(ComputeState state) {
    Waiters known = switch (state) {
      case ComputeState.Starting starting -> starting.waiters();
      case ComputeState.Holding holding -> holding.waiters();
      case ComputeState.Stopping stopping -> stopping.waiters();
      case ComputeState.Changing changing -> changing.waiters();
      case ComputeState.Asleep _,ComputeState.Awake _,ComputeState.BackingOff _,ComputeState.Dropped _ ->
        Waiters.NONE;
    };
    return new TreeSet<>(known.ids());
  }

  private void perform(ComputeAction action, boolean suspending) {
    switch (action) {
      case ComputeAction.Start _ -> start();
      case ComputeAction.AnswerReady(var ready, var epoch, var cold) -> {
        world.check(state instanceof ComputeState.Awake awake && awake.epoch() == epoch
            && !stopping, "%s: ready with epoch %d in %s", name, epoch, state);
        leases.addAll(ready.ids());
        answer(ready, new WakeOutcome.Ready(endpoint(epoch), cold));
      }
      case ComputeAction.AnswerTooMany(var waiter, var limit) ->
        answer(new Waiters(List.of(waiter)), new WakeOutcome.TooManyWaiters(limit));
      case ComputeAction.AnswerBackingOff(var waiter, var retryAfter, var reason) ->
        answer(new Waiters(List.of(waiter)), new WakeOutcome.BackingOff(retryAfter, reason));
      case ComputeAction.AnswerFailed(var all, var reason) ->
        answer(all, new WakeOutcome.Failed(reason));
      case ComputeAction.AnswerNotAllowed(var all) -> {
        for (var waiter : all.ids()) {
          var asked = waiting.get(waiter);
          world.check(asked == null || !asked.holdsPermit,
              "%s: waiter %d has leave to start, and is refused", name, waiter);
        }
        answer(all, new WakeOutcome.NotAllowed(world.instant()));
      }
      case ComputeAction.AnswerDropped(var all) -> answer(all, new WakeOutcome.Dropped());
      case ComputeAction.AskToHold(var ticket) -> askToHold(ticket);
      case ComputeAction.Release _ ->
        new LinkedHashMap<>(attached).forEach((session, id) -> session.order(id, new Released()));
      case ComputeAction.End(var reason) ->
        new LinkedHashMap<>(attached)
            .forEach((session, id) -> session.order(id, new EndAsked(reason)));
      case ComputeAction.Stop _ -> stop(suspending);
      case ComputeAction.Change _ -> change();
      case ComputeAction.GiveUpChange _ -> giveUpChange();
      case ComputeAction.AnswerSuspend _,ComputeAction.DeleteStorage _ -> {
      }
    }
  }

  private ComputeEndpoint endpoint(long epoch) {
    return new ComputeEndpoint(route.database(),
        new ComputeAddress.UnixSocket(Path.of("/run/" + name)), epoch, MAX_CONNECTIONS);
  }

  private void answer(Waiters all, WakeOutcome outcome) {
    for (var waiter : all.ids()) {
      var asked = waiting.remove(waiter);
      world.check(asked != null, "%s: waiter %d is answered, and does not wait", name, waiter);
      if (asked != null) {
        asked.returnPermit();
        asked.session.soon(new Woken(asked.attempt, outcome));
      }
    }
  }

  private void start() {
    world.check(running == 0 && !starting && !stopping && !changing,
        "%s: a second compute on one storage", name);
    var leave = waiting.values().stream().filter(asked -> asked.holdsPermit).toList();
    world.check(again || !leave.isEmpty(), "%s: a start without an allowed wake", name);
    leave.stream().skip(1).forEach(Asked::returnPermit);
    leave.stream().limit(1).forEach(asked -> asked.holdsPermit = false);
    starting = true;
    var fails = world.chance(0.1);
    var millis = world.chance(0.03) ? world.between(1_000, 30_000) : world.between(10, 150);
    world.after(millis, () -> {
      starting = false;
      if (fails) {
        step(new ComputeEvent.StartFailed("bad luck", world.now()));
        return;
      }
      running = ++epochs;
      refusesUntil = world.chance(0.2) ? world.now() + world.between(1, 200) * World.MILLI : 0;
      step(new ComputeEvent.Started(running, world.now()));
    });
  }

  private void stop(boolean suspending) {
    if (suspending) {
      attached.keySet()
          .forEach(session -> world.check(!session.busy(),
              "%s: a suspend cuts a busy session: %s", name, session));
    }
    stopping = true;
    world.after(world.chance(0.1) ? world.between(500, 5_000) : world.between(5, 80), () -> {
      attached.keySet()
          .forEach(session -> world.check(!session.relaysTo(this, running) || !suspending,
              "%s: a session is relayed to a stopped compute: %s", name, session));
      gone();
      stopping = false;
      step(new ComputeEvent.Stopped());
    });
  }

  /** All of them have to say yes in time, and nobody may be on the way. */
  private void askToHold(long ticket) {
    if (!leases.isEmpty()) {
      lane.run(() -> step(new ComputeEvent.HoldRefused(ticket)));
      return;
    }
    var open = new LinkedHashSet<>(attached.keySet());
    if (open.isEmpty()) {
      lane.run(() -> step(new ComputeEvent.AllHeld(ticket)));
      return;
    }
    var over = new boolean[1];
    for (var session : List.copyOf(open)) {
      session.onHold(held -> lane.run(() -> {
        open.remove(session);
        if (!over[0] && (!held || open.isEmpty())) {
          over[0] = true;
          step(held ? new ComputeEvent.AllHeld(ticket) : new ComputeEvent.HoldRefused(ticket));
        }
      }));
      session.order(Objects.requireNonNull(attached.get(session)), new HoldAsked());
    }
    world.after(HOLD_LIMIT_MILLIS, () -> {
      if (!over[0]) {
        over[0] = true;
        step(new ComputeEvent.HoldRefused(ticket));
      }
    });
  }

  void checkAtRest() {
    world.check(waiting.isEmpty(), "%s: waiters are left: %s", name, waiting.keySet());
    world.check(attached.isEmpty(), "%s: sessions are attached: %s", name,
        attached.keySet());
    world.check(links.isEmpty(), "%s: connections are left", name);
    world.check(leases.isEmpty(), "%s: leases are left: %s", name, leases);
  }
}
