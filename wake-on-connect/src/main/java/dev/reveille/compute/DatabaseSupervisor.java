package dev.reveille.compute;

import dev.reveille.cell.Route;
import dev.reveille.compute.machine.ComputeAction;
import dev.reveille.compute.machine.ComputeEvent;
import dev.reveille.compute.machine.ComputeMachine;
import dev.reveille.compute.machine.ComputeState;
import dev.reveille.compute.machine.ComputeTransition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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

  private final WaitingRoom waiters = new WaitingRoom();
  private final List<CompletableFuture<SuspendOutcome>> suspends = new ArrayList<>();
  private final List<CompletableFuture<Void>> drops = new ArrayList<>();
  private final Changes changes = new Changes();
  private final Sessions sessions = new Sessions();
  private final ConnectLeases leases;
  private final IdleWatch idle;
  private ComputeState state = ComputeState.INITIAL;
  private volatile Route route;
  private volatile @Nullable RunningCompute compute;
  private volatile ComputeStatus status;
  private long nextId;

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
    this.idle = new IdleWatch(timer, sessions, check -> lane.run(check), this::keptAwake,
        () -> step(new ComputeEvent.SuspendRequested(++nextId)));
    this.status = snapshot();
  }

  Wake wake(Route latest, StartPermit permit) {
    CompletableFuture<Waiter> made = new CompletableFuture<>();
    LaneWake wake = new LaneWake(made);
    lane.run(() -> {
      route = newer(latest, route);
      Waiter waiter = waiters.enter(++nextId, permit, this::left);
      made.complete(waiter);
      long now = timer.nanoTime();
      boolean mayStart = provider.alwaysAwake() || !machine.mayNeedStart(state, now)
          || waiter.askPermit();
      step(new ComputeEvent.WakeRequested(waiter.id, mayStart, now));
    });
    return wake;
  }

  private static Route newer(Route latest, Route known) {
    return latest.version() >= known.version() ? latest : known;
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
      if (waiters.leave(waiter)) {
        step(new ComputeEvent.WaiterLeft(waiter));
      }
      lookAtChanges();
    });
  }

  CompletionStage<Login> login(Route latest, ComputeEndpoint endpoint, LoginRole role) {
    RunningCompute running = compute;
    if (running == null || running.endpoint().epoch() != endpoint.epoch()) {
      return CompletableFuture
          .failedFuture(new ComputeFailedException("the compute has gone meanwhile"));
    }
    return provider.login(newer(latest, route), running, role);
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
      idle.touch();
      switch (state) {
        case ComputeState.Awake awake -> {
        }
        case ComputeState.Holding holding ->
          step(new ComputeEvent.HoldRefused(holding.ticket()));
        case ComputeState.Asleep _,ComputeState.BackingOff _,ComputeState.Starting _ ->
          session.end(EndReason.COMPUTE_LOST);
        case ComputeState.Stopping stopping ->
          session.end(stopping.then() == ComputeState.Then.DROP
              ? EndReason.DROPPED
              : EndReason.SUSPENDED);
        case ComputeState.Changing changing -> session.end(EndReason.SUSPENDED);
        case ComputeState.Dropped dropped -> session.end(EndReason.DROPPED);
      }
      publish();
    });
    return () -> lane.run(() -> {
      sessions.remove(session);
      idle.touch();
      lookAtChanges();
    });
  }

  CompletionStage<SuspendOutcome> suspend() {
    if (provider.alwaysAwake()) {
      return CompletableFuture.completedFuture(new SuspendOutcome.AlwaysAwake());
    }
    return ask(suspends, () -> step(new ComputeEvent.SuspendRequested(++nextId)));
  }

  CompletionStage<SuspendOutcome> stop() {
    return ask(suspends, () -> {
      changes.stop();
      step(new ComputeEvent.StopRequested());
    });
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

  CompletionStage<Void> name(PreparedStorage prepared, LoginRole role, boolean forThisLife) {
    CompletableFuture<Void> named = new CompletableFuture<>();
    lane.run(() -> {
      boolean possible = switch (state) {
        case ComputeState.Asleep _,ComputeState.BackingOff _ -> true;
        case ComputeState.Starting _,ComputeState.Awake _,ComputeState.Holding _ -> false;
        case ComputeState.Stopping _,ComputeState.Changing _,ComputeState.Dropped _ -> false;
      };
      if (!possible) {
        named.completeExceptionally(
            new ComputeFailedException("the database is in use or was dropped"));
        return;
      }
      step(new ComputeEvent.NamingBegan());
      begun(() -> forThisLife
          ? provider.nameForThisLife(prepared, route, role)
          : provider.name(prepared, route, role), named);
    });
    return named.minimalCompletionStage();
  }

  /** Something with the storage, as soon as nothing else is under way. */
  <T> CompletionStage<T> change(Route latest, Change<T> change) {
    lane.run(() -> {
      route = newer(latest, route);
      changes.add(change);
      lookAtChanges();
    });
    if (change.patient() && !change.force()) {
      ComputeTimer.Pending end = timer.after(Changes.PATIENCE, () -> lane.run(() -> {
        changes.hurry(change);
        lookAtChanges();
      }));
      change.answer().whenComplete((answer, failure) -> end.close());
    }
    change.recall().whenAsked(() -> lane.run(this::lookAtChanges));
    return change.answer();
  }

  private void lookAtChanges() {
    takeUpChanges();
    publish();
  }

  private void takeUpChanges() {
    changes.next(state, compute, () -> Math.max(sessions.count(),
        leases.any(timer.nanoTime()) ? 1 : 0), lane::run).ifPresent(this::step);
  }

  private void changed(Optional<Route> changed) {
    route = changed.orElse(route);
    step(new ComputeEvent.Changed());
  }

  /** What moves bytes, is asked for like any {@link #change}, and can be called off. */
  <T> Moving<T> moving(Route latest, Change<T> change) {
    CompletionStage<T> report = change(latest, change);
    return new Moving<>() {
      @Override
      public CompletionStage<T> report() {
        return report;
      }

      @Override
      public long moved() {
        return changes.moved();
      }

      @Override
      public void abandon() {
        lane.run(() -> changes.abandon(change));
      }
    };
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
    takeUpChanges();
    idle.watch(state instanceof ComputeState.Awake && !provider.alwaysAwake(),
        route.settings().suspendAfter());
    publish();
  }

  private void carryOut(ComputeAction action) {
    switch (action) {
      case ComputeAction.Start start -> {
        if (state instanceof ComputeState.Starting starting) {
          waiters.spendOnePermit(starting.waiters().ids());
        }
        begun(() -> provider.start(route), new CompletableFuture<>());
      }
      case ComputeAction.AnswerReady ready -> answerReady(ready);
      case ComputeAction.AnswerTooMany many ->
        waiters.answer(many.waiter(), new WakeOutcome.TooManyWaiters(many.limit()));
      case ComputeAction.AnswerBackingOff off -> waiters.answer(off.waiter(),
          new WakeOutcome.BackingOff(off.retryAfter(), off.reason()));
      case ComputeAction.AnswerFailed failed ->
        waiters.answer(failed.waiters(), new WakeOutcome.Failed(failed.reason()));
      case ComputeAction.AnswerNotAllowed refused -> waiters.refuse(refused.waiters());
      case ComputeAction.AnswerDropped dropped ->
        waiters.answer(dropped.waiters(), new WakeOutcome.Dropped());
      case ComputeAction.AskToHold ask -> askToHold(ask.ticket());
      case ComputeAction.Release release -> sessions.release();
      case ComputeAction.End end -> sessions.end(end.reason());
      case ComputeAction.Stop stop -> stopCompute();
      case ComputeAction.AnswerSuspend suspend -> {
        suspends.forEach(asked -> asked.complete(suspend.outcome()));
        suspends.clear();
      }
      case ComputeAction.Change change -> changes.begin(lane::run, this::changed);
      case ComputeAction.GiveUpChange giveUp -> changes.giveUp();
      case ComputeAction.DeleteStorage delete -> deleteStorage();
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
              ComputeFailedException.safeMessage(failure),
              ComputeFailedException.operatorDetail(failure));
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

  private void started(RunningCompute running) {
    compute = running;
    idle.touch();
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
    idle.touch();
    for (long waiter : ready.waiters().ids()) {
      leases.begin(waiter, timer.nanoTime());
      waiters.answer(waiter, new WakeOutcome.Ready(running.endpoint(), ready.cold()));
    }
  }

  private void askToHold(long ticket) {
    Consumer<Boolean> answer = all -> lane.run(() -> step(
        all ? new ComputeEvent.AllHeld(ticket) : new ComputeEvent.HoldRefused(ticket)));
    if (provider.alwaysAwake() || keptAwake()) {
      answer.accept(false);
    } else {
      sessions.askToHold(settings.holdLimit(), answer);
    }
  }

  /** By somebody who is about to attach, or by a clone that is being taken. */
  private boolean keptAwake() {
    return leases.any(timer.nanoTime()) || changes.anyBeside();
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
