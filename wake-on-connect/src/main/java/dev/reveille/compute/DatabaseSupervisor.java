package dev.reveille.compute;

import dev.reveille.cell.Route;
import dev.reveille.compute.machine.ComputeAction;
import dev.reveille.compute.machine.ComputeEvent;
import dev.reveille.compute.machine.ComputeMachine;
import dev.reveille.compute.machine.ComputeState;
import dev.reveille.compute.machine.ComputeTransition;
import dev.reveille.compute.machine.Waiters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the machine of one database: carries out its actions, and tells it what happened. Everything
 * that can change is confined to its lane; {@link #status} reads one published snapshot.
 */
final class DatabaseSupervisor {
  private static final Logger LOG = LoggerFactory.getLogger(DatabaseSupervisor.class);

  private final ComputeProvider provider;
  private final ComputeMachine machine;
  private final SupervisorSettings settings;
  private final ComputeTimer timer;
  private final RoleSweep sweep;
  private final Runnable onDropped;
  private final SerialLane lane = new SerialLane();

  private final Map<Long, Waiter> waiters = new HashMap<>();
  private final List<CompletableFuture<SuspendOutcome>> suspends = new ArrayList<>();
  private final List<CompletableFuture<Void>> drops = new ArrayList<>();
  private final Sessions sessions = new Sessions();
  private final ConnectLeases leases;
  private ComputeState state = ComputeState.INITIAL;
  private volatile Route route;
  private volatile @Nullable RunningCompute compute;
  private volatile ComputeStatus status;
  private long nextId;
  private long lastTouched;
  private ComputeTimer.Pending idleCheck = () -> {
  };

  DatabaseSupervisor(Route route, ComputeProvider provider, SupervisorSettings settings,
      ComputeTimer timer, RoleSweep sweep, Runnable onDropped) {
    this.route = route;
    this.provider = provider;
    this.machine = new ComputeMachine(settings.limits());
    this.settings = settings;
    this.timer = timer;
    this.sweep = sweep;
    this.onDropped = onDropped;
    this.leases = new ConnectLeases(settings.attachGrace());
    this.status = snapshot();
  }

  Wake wake(Route latest, StartPermit permit) {
    CompletableFuture<Waiter> made = new CompletableFuture<>();
    LaneWake wake = new LaneWake(made);
    lane.run(() -> {
      route = latest.version() >= route.version() ? latest : route;
      Waiter waiter = new Waiter(++nextId, permit, this::left);
      waiters.put(waiter.id, waiter);
      made.complete(waiter);
      long now = timer.nanoTime();
      boolean mayStart = provider.alwaysAwake() || !machine.mayNeedStart(state, now)
          || waiter.askPermit();
      step(new ComputeEvent.WakeRequested(waiter.id, mayStart, now));
    });
    return wake;
  }

  /** A wake whose place is given out on the lane. */
  private record LaneWake(CompletableFuture<Waiter> waiter) implements Wake {
    @Override
    public CompletionStage<WakeOutcome> outcome() {
      return waiter.thenCompose(Waiter::outcome);
    }

    @Override
    public void abandon() {
      waiter.thenAccept(Waiter::abandon);
    }
  }

  private void left(long waiter) {
    lane.run(() -> {
      leases.end(waiter);
      Waiter gone = waiters.remove(waiter);
      if (gone != null) {
        gone.returnPermit();
        step(new ComputeEvent.WaiterLeft(waiter));
      }
    });
  }

  CompletionStage<Login> login(Route latest, ComputeEndpoint endpoint, LoginRole role) {
    RunningCompute running = compute;
    if (running == null || running.endpoint().epoch() != endpoint.epoch()) {
      return CompletableFuture
          .failedFuture(new ComputeFailedException("the compute has gone meanwhile"));
    }
    return provider.login(latest, running, role);
  }

  void endRoles(boolean thorough) {
    sweep.run(provider, route, compute, thorough);
  }

  void forget(ComputeEndpoint endpoint) {
    lane.run(() -> {
      RunningCompute running = compute;
      if (running != null && running.endpoint().epoch() == endpoint.epoch()
          && !running.present()) {
        step(new ComputeEvent.Lost(endpoint.epoch(), "it does not answer", timer.nanoTime()));
      }
    });
  }

  AutoCloseable attach(AttachedSession session) {
    lane.run(() -> {
      sessions.add(session);
      leases.endOldest();
      lastTouched = timer.nanoTime();
      switch (state) {
        case ComputeState.Awake awake -> {
        }
        case ComputeState.Holding holding ->
          step(new ComputeEvent.HoldRefused(holding.ticket()));
        case ComputeState.Asleep gone -> session.end(EndReason.COMPUTE_LOST);
        case ComputeState.BackingOff gone -> session.end(EndReason.COMPUTE_LOST);
        case ComputeState.Starting gone -> session.end(EndReason.COMPUTE_LOST);
        case ComputeState.Stopping stopping ->
          session.end(stopping.then() == ComputeState.Then.DROP
              ? EndReason.DROPPED
              : EndReason.SUSPENDED);
        case ComputeState.Dropped dropped -> session.end(EndReason.DROPPED);
      }
      publish();
    });
    return () -> lane.run(() -> {
      sessions.remove(session);
      lastTouched = timer.nanoTime();
      publish();
    });
  }

  CompletionStage<SuspendOutcome> suspend() {
    if (provider.alwaysAwake()) {
      return CompletableFuture.completedFuture(new SuspendOutcome.AlwaysAwake());
    }
    return ask(suspends, () -> step(new ComputeEvent.SuspendRequested(++nextId)));
  }

  CompletionStage<SuspendOutcome> stop() {
    return ask(suspends, () -> step(new ComputeEvent.StopRequested()));
  }

  CompletionStage<Void> drop() {
    return ask(drops, () -> step(new ComputeEvent.DropRequested()));
  }

  private <T> CompletionStage<T> ask(List<CompletableFuture<T>> asking, Runnable event) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    lane.run(() -> {
      asking.add(answer);
      event.run();
    });
    return answer.minimalCompletionStage();
  }

  CompletionStage<Void> name(PreparedStorage prepared, LoginRole role) {
    CompletableFuture<Void> named = new CompletableFuture<>();
    lane.run(() -> {
      boolean possible = switch (state) {
        case ComputeState.Asleep asleep -> true;
        case ComputeState.BackingOff backingOff -> true;
        case ComputeState.Starting s -> false;
        case ComputeState.Awake s -> false;
        case ComputeState.Holding s -> false;
        case ComputeState.Stopping s -> false;
        case ComputeState.Dropped s -> false;
      };
      if (!possible) {
        named.completeExceptionally(
            new ComputeFailedException("the database is in use or was dropped"));
        return;
      }
      step(new ComputeEvent.NamingBegan());
      begun(() -> provider.name(prepared, route, role), named);
    });
    return named.minimalCompletionStage();
  }

  ComputeStatus status() {
    return status;
  }

  private void step(ComputeEvent event) {
    ComputeTransition transition = machine.step(state, event);
    if (!transition.next().equals(state)) {
      LOG.debug("compute database={} event={} state={}", route.database(), event,
          transition.next());
    }
    state = transition.next();
    publish(); // before anyone is answered who may look
    transition.actions().forEach(this::carryOut);
    scheduleIdleCheck();
    publish();
  }

  private void carryOut(ComputeAction action) {
    switch (action) {
      case ComputeAction.Start start -> {
        spendOnePermit();
        begun(() -> provider.start(route), new CompletableFuture<>());
      }
      case ComputeAction.AnswerReady ready -> answerReady(ready);
      case ComputeAction.AnswerTooMany many ->
        answer(many.waiter(), new WakeOutcome.TooManyWaiters(many.limit()));
      case ComputeAction.AnswerBackingOff off -> answer(off.waiter(),
          new WakeOutcome.BackingOff(off.retryAfter(), off.reason()));
      case ComputeAction.AnswerFailed failed ->
        answer(failed.waiters(), new WakeOutcome.Failed(failed.reason()));
      case ComputeAction.AnswerNotAllowed refused -> refused.waiters()
          .ids()
          .forEach(waiter -> {
            Waiter waiting = waiters.get(waiter);
            if (waiting != null) {
              answer(waiter, new WakeOutcome.NotAllowed(waiting.permit.refusal()));
            }
          });
      case ComputeAction.AnswerDropped dropped ->
        answer(dropped.waiters(), new WakeOutcome.Dropped());
      case ComputeAction.AskToHold ask -> askToHold(ask.ticket());
      case ComputeAction.Release release -> sessions.release();
      case ComputeAction.End end -> sessions.end(end.reason());
      case ComputeAction.Stop stop -> stopCompute();
      case ComputeAction.AnswerSuspend suspend -> {
        suspends.forEach(asked -> asked.complete(suspend.outcome()));
        suspends.clear();
      }
      case ComputeAction.DeleteStorage delete -> deleteStorage();
    }
  }

  /** Of all who wait for this start the first with leave pays for it; the others get theirs back. */
  private void spendOnePermit() {
    if (state instanceof ComputeState.Starting starting) {
      boolean spent = false;
      for (long id : starting.waiters().ids()) {
        Waiter waiter = waiters.get(id);
        if (waiter != null && spent) {
          waiter.returnPermit();
        } else if (waiter != null) {
          spent = waiter.spendPermit();
        }
      }
    }
  }

  /** Follows a start or a naming to its end. */
  private void begun(Supplier<CompletionStage<RunningCompute>> start,
      CompletableFuture<Void> told) {
    CompletionStage<RunningCompute> starting;
    try {
      starting = start.get();
    } catch (RuntimeException e) {
      starting = CompletableFuture.failedFuture(e);
    }
    starting.whenComplete((running, failure) -> {
      lane.run(() -> {
        if (failure == null) {
          started(running);
        } else {
          LOG.warn("compute not started database={} reason={} detail={}", route.database(),
              ComputeFailedException.safeMessage(failure), detail(failure));
          step(new ComputeEvent.StartFailed(ComputeFailedException.safeMessage(failure),
              timer.nanoTime()));
        }
      });
      if (failure == null) {
        told.complete(null);
      } else {
        told.completeExceptionally(failure);
      }
    });
  }

  private static String detail(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof ComputeFailedException ours) {
        return ours.operatorDetail();
      }
    }
    return failure.toString();
  }

  private void started(RunningCompute running) {
    compute = running;
    lastTouched = timer.nanoTime();
    long epoch = running.endpoint().epoch();
    step(new ComputeEvent.Started(epoch, timer.nanoTime()));
    running.gone().thenAccept(reason -> lane.run(() -> lost(epoch, reason)));
    timer.after(RoleSweep.AFTER_START, () -> endRoles(true));
  }

  private void lost(long epoch, String reason) {
    if (state instanceof ComputeState.Awake || state instanceof ComputeState.Holding) {
      LOG.warn("compute lost database={} epoch={} reason={}", route.database(), epoch, reason);
      RunningCompute running = compute;
      compute = running != null && running.endpoint().epoch() == epoch ? null : running;
    }
    step(new ComputeEvent.Lost(epoch, reason, timer.nanoTime()));
  }

  private void answerReady(ComputeAction.AnswerReady ready) {
    RunningCompute running = compute;
    if (running == null) {
      throw new IllegalStateException("ready without a compute");
    }
    lastTouched = timer.nanoTime();
    for (long waiter : ready.waiters().ids()) {
      leases.begin(waiter, timer.nanoTime());
      answer(waiter, new WakeOutcome.Ready(running.endpoint(), ready.cold()));
    }
  }

  private void answer(Waiters several, WakeOutcome outcome) {
    several.ids().forEach(waiter -> answer(waiter, outcome));
  }

  private void answer(long waiter, WakeOutcome outcome) {
    Waiter waiting = waiters.remove(waiter);
    if (waiting != null) {
      waiting.returnPermit();
      waiting.answer(outcome);
    }
  }

  private void askToHold(long ticket) {
    Consumer<Boolean> answer = all -> lane.run(() -> step(
        all ? new ComputeEvent.AllHeld(ticket) : new ComputeEvent.HoldRefused(ticket)));
    if (provider.alwaysAwake() || leases.any(timer.nanoTime())) {
      answer.accept(false);
    } else {
      sessions.askToHold(settings.holdLimit(), answer);
    }
  }

  private void stopCompute() {
    RunningCompute running = compute;
    CompletionStage<Void> stopping = running == null
        ? CompletableFuture.completedFuture(null)
        : running.stop();
    stopping.whenComplete((nothing, failure) -> lane.run(() -> {
      if (failure != null) {
        LOG.error("compute not stopped cleanly database={} reason={}", route.database(),
            failure.toString());
      }
      compute = null;
      step(new ComputeEvent.Stopped());
    }));
  }

  private void deleteStorage() {
    provider.delete(route).whenComplete((nothing, failure) -> lane.run(() -> {
      onDropped.run(); // before anyone is answered who may ask again
      for (CompletableFuture<Void> asked : drops) {
        if (failure == null) {
          asked.complete(null);
        } else {
          asked.completeExceptionally(failure);
        }
      }
      drops.clear();
    }));
  }

  /** Suspends when nothing has happened for as long as the database's settings say. */
  private void scheduleIdleCheck() {
    idleCheck.close();
    if (state instanceof ComputeState.Awake && !provider.alwaysAwake()) {
      Duration limit = route.settings().suspendAfter();
      OptionalLong quiet = sessions.quietSince(lastTouched);
      long idle = quiet.isEmpty() ? 0 : Math.max(0, timer.nanoTime() - quiet.getAsLong());
      Duration left = limit.minusNanos(idle);
      idleCheck = timer.after(left.isNegative() ? Duration.ZERO : left,
          () -> lane.run(this::checkIdle));
    }
  }

  private void checkIdle() {
    if (state instanceof ComputeState.Awake) {
      OptionalLong quiet = sessions.quietSince(lastTouched);
      boolean idle = quiet.isPresent() && timer.nanoTime() - quiet.getAsLong() >= route.settings()
          .suspendAfter()
          .toNanos();
      if (idle && !leases.any(timer.nanoTime())) {
        step(new ComputeEvent.SuspendRequested(++nextId));
      } else {
        lastTouched = idle ? timer.nanoTime() : lastTouched;
        scheduleIdleCheck();
      }
    }
  }

  private void publish() {
    status = snapshot();
  }

  private ComputeStatus snapshot() {
    RunningCompute running = compute;
    return new ComputeStatus(route.database(), route.name(), route.homeCell(),
        state.getClass()
            .getSimpleName()
            .replaceAll("(?<=.)([A-Z])", "_$1")
            .toLowerCase(Locale.ROOT),
        running == null ? 0 : running.endpoint().epoch(), sessions.count(), waiters.size(),
        running == null ? OptionalLong.empty() : running.processId());
  }
}
