package dev.reveille.compute;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.machine.ComputeLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ComputeSupervisorTest {
  private static final CellId CELL = new CellId("c1");
  private static final Duration AFTER = DatabaseSettings.DEFAULTS.suspendAfter();
  private static final Duration MOMENT = Duration.ofSeconds(1);
  private static final Route ROUTE = new Route(DatabaseId.random(),
      new AccountId(new UUID(0, 1)), "shop", CELL, StorageId.random(), DatabaseSettings.DEFAULTS,
      1);

  private final ManualTimer timer = new ManualTimer();
  private final ScriptedProvider provider = new ScriptedProvider();
  private final ComputeSupervisor computes = new ComputeSupervisor(Map.of(CELL, provider),
      new SupervisorSettings(ComputeLimits.DEFAULTS, Duration.ofSeconds(10),
          Duration.ofSeconds(5)),
      timer);

  private ScriptedProvider.Scripted awake() {
    Wake wake = computes.wake(ROUTE);
    ScriptedProvider.Scripted compute = provider.started(ROUTE);
    wake.abandon();
    return compute;
  }

  private String state() {
    return computes.statuses().getFirst().state();
  }

  private static <T> T now(java.util.concurrent.CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    assertThat(future).isDone();
    return future.join();
  }

  @Test
  void anIdleDatabaseIsSuspendedAfterItsTimeAndNotBefore() {
    ScriptedProvider.Scripted compute = awake();

    timer.pass(AFTER.minus(MOMENT));
    assertThat(compute.stopAsked).isFalse();
    timer.pass(MOMENT);

    assertThat(compute.stopAsked).isTrue();
    assertThat(state()).isEqualTo("asleep");
  }

  @Test
  void anOpenIdleConnectionIsNotActivityAndIsEndedCleanly() {
    ScriptedProvider.Scripted compute = awake();
    ScriptedSession session = new ScriptedSession(timer.nanoTime());
    computes.attach(ROUTE.database(), session);

    timer.pass(AFTER);

    assertThat(session.told).containsExactly("hold", "end SUSPENDED");
    assertThat(compute.stopAsked).isTrue();
  }

  @Test
  void anOpenTransactionKeepsTheComputeAwake() {
    ScriptedProvider.Scripted compute = awake();
    ScriptedSession session = new ScriptedSession(timer.nanoTime());
    session.atRest = false;
    computes.attach(ROUTE.database(), session);

    timer.pass(AFTER.multipliedBy(5));
    assertThat(compute.stopAsked).isFalse();
    session.atRest = true;
    session.lastActivity = timer.nanoTime();
    timer.pass(AFTER.minus(MOMENT));
    assertThat(compute.stopAsked).isFalse();
    timer.pass(AFTER);

    assertThat(compute.stopAsked).isTrue();
  }

  @Test
  void aSessionThatSpeaksJustAsASuspendBeginsKeepsEverybodysConnection() {
    ScriptedProvider.Scripted compute = awake();
    ScriptedSession quiet = new ScriptedSession(timer.nanoTime());
    ScriptedSession speaking = new ScriptedSession(timer.nanoTime());
    speaking.hold = CompletableFuture.completedFuture(false);
    computes.attach(ROUTE.database(), quiet);
    computes.attach(ROUTE.database(), speaking);

    SuspendOutcome outcome = now(computes.suspend(ROUTE.database()));

    assertThat(outcome).isInstanceOf(SuspendOutcome.Busy.class);
    assertThat(quiet.told).containsExactly("hold", "release");
    assertThat(speaking.told).containsExactly("hold", "release");
    assertThat(compute.stopAsked).isFalse();
  }

  @Test
  void nothingIsStoppedBeforeTheLastSessionHasAnswered() {
    ScriptedProvider.Scripted compute = awake();
    ScriptedSession slow = new ScriptedSession(timer.nanoTime());
    slow.hold = new CompletableFuture<>();
    computes.attach(ROUTE.database(), slow);

    var outcome = computes.suspend(ROUTE.database());
    assertThat(compute.stopAsked).isFalse();
    slow.hold.complete(true);

    assertThat(now(outcome)).isInstanceOf(SuspendOutcome.Suspended.class);
    assertThat(compute.stopAsked).isTrue();
  }

  @Test
  void aSessionThatAttachesDuringAHoldCallsTheSuspendOff() {
    ScriptedProvider.Scripted compute = awake();
    ScriptedSession slow = new ScriptedSession(timer.nanoTime());
    slow.hold = new CompletableFuture<>();
    computes.attach(ROUTE.database(), slow);
    var outcome = computes.suspend(ROUTE.database());

    computes.attach(ROUTE.database(), new ScriptedSession(timer.nanoTime()));
    slow.hold.complete(true);

    assertThat(now(outcome)).isInstanceOf(SuspendOutcome.Busy.class);
    assertThat(slow.told).containsExactly("hold", "release");
    assertThat(compute.stopAsked).isFalse();
  }

  @Test
  void aWaiterThatWasToldToGoAheadIsNotSuspendedUnder() {
    Wake connecting = computes.wake(ROUTE);
    provider.started(ROUTE);

    assertThat(now(computes.suspend(ROUTE.database()))).isInstanceOf(SuspendOutcome.Busy.class);
    connecting.abandon();

    assertThat(now(computes.suspend(ROUTE.database())))
        .isInstanceOf(SuspendOutcome.Suspended.class);
  }

  @Test
  void aWaiterThatNeverConnectsKeepsTheComputeForALimitedTimeOnly() {
    computes.wake(ROUTE);
    provider.started(ROUTE);

    timer.pass(Duration.ofSeconds(11));

    assertThat(now(computes.suspend(ROUTE.database())))
        .isInstanceOf(SuspendOutcome.Suspended.class);
  }

  @Test
  void aWakeDuringASuspendIsServedByTheNextCompute() {
    provider.stopsAtOnce = false;
    ScriptedProvider.Scripted first = awake();
    var outcome = computes.suspend(ROUTE.database());
    Wake wake = computes.wake(ROUTE);
    assertThat(provider.starts).hasSize(1);

    first.stopped.complete(null);
    assertThat(now(outcome)).isInstanceOf(SuspendOutcome.Suspended.class);
    provider.started(ROUTE);

    assertThat(now(wake.outcome())).isInstanceOfSatisfying(WakeOutcome.Ready.class,
        ready -> assertThat(ready.endpoint().epoch()).isEqualTo(2));
  }

  @Test
  void aLossIsToldToTheSessionsAtOnceAndRepairedByTheNextWake() {
    ScriptedProvider.Scripted compute = awake();
    ScriptedSession session = new ScriptedSession(timer.nanoTime());
    computes.attach(ROUTE.database(), session);

    compute.gone.complete("killed");

    assertThat(session.told).containsExactly("end COMPUTE_LOST");
    Wake wake = computes.wake(ROUTE);
    provider.started(ROUTE);
    assertThat(now(wake.outcome())).isInstanceOf(WakeOutcome.Ready.class);
  }

  @Test
  void aComputeThatKeepsFailingIsLeftAloneForAWhile() {
    Wake first = computes.wake(ROUTE);
    provider.failed("disk full");
    provider.failed("disk full");
    assertThat(now(first.outcome())).isEqualTo(new WakeOutcome.Failed("disk full"));

    assertThat(now(computes.wake(ROUTE).outcome()))
        .isInstanceOf(WakeOutcome.BackingOff.class);
    timer.pass(Duration.ofSeconds(1));
    computes.wake(ROUTE);

    assertThat(provider.starts).hasSize(3);
  }

  @Test
  void anAbandonedWaiterIsNotAnswered() {
    Wake left = computes.wake(ROUTE);
    left.abandon();
    left.abandon();
    provider.started(ROUTE);

    assertThat(left.outcome().toCompletableFuture()).isNotDone();
    assertThat(computes.statuses().getFirst().waiters()).isZero();
  }

  /** Leave for a number of starts. */
  private static final class Starts implements StartPermit {
    private static final Instant AGAIN = Instant.parse("2026-01-01T00:00:00Z");
    private int left;

    Starts(int left) {
      this.left = left;
    }

    @Override
    public boolean take() {
      if (left == 0) {
        return false;
      }
      left--;
      return true;
    }

    @Override
    public void giveBack() {
      left++;
    }

    @Override
    public Instant again() {
      return AGAIN;
    }
  }

  @Test
  void ofManyWhoWaitForOneStartOnlyOnePays() {
    Starts starts = new Starts(2);
    Wake first = computes.wake(ROUTE, starts);
    Wake second = computes.wake(ROUTE, starts);
    provider.started(ROUTE);
    Wake third = computes.wake(ROUTE, starts);

    assertThat(starts.left).isEqualTo(1);
    assertThat(now(first.outcome())).isInstanceOf(WakeOutcome.Ready.class);
    assertThat(now(second.outcome())).isInstanceOf(WakeOutcome.Ready.class);
    assertThat(now(third.outcome())).isInstanceOf(WakeOutcome.Ready.class);
  }

  @Test
  void withoutLeaveADatabaseIsFoundAwakeAndNotStarted() {
    Starts none = new Starts(0);

    assertThat(now(computes.wake(ROUTE, none).outcome()))
        .isEqualTo(new WakeOutcome.NotAllowed(Starts.AGAIN));
    assertThat(provider.starts).isEmpty();

    awake();
    assertThat(now(computes.wake(ROUTE, none).outcome())).isInstanceOf(WakeOutcome.Ready.class);
  }

  @Test
  void leaveTakenDuringASuspendIsGivenBackWhenNothingIsStartedForIt() {
    Starts starts = new Starts(2);
    ScriptedProvider.Scripted compute = awake();
    provider.stopsAtOnce = false;
    computes.suspend(ROUTE.database());
    Wake leaves = computes.wake(ROUTE, starts);
    Wake stays = computes.wake(ROUTE, starts);
    assertThat(starts.left).isZero();

    leaves.abandon();
    assertThat(starts.left).isEqualTo(1);
    compute.stopped.complete(null);
    provider.started(ROUTE);

    assertThat(now(stays.outcome())).isInstanceOf(WakeOutcome.Ready.class);
    assertThat(starts.left).isEqualTo(1);
  }

  @Test
  void aDroppedDatabaseEndsItsSessionsAndCannotBeWokenAgain() {
    ScriptedProvider.Scripted compute = awake();
    ScriptedSession session = new ScriptedSession(timer.nanoTime());
    session.atRest = false;
    computes.attach(ROUTE.database(), session);

    now(computes.drop(ROUTE));
    now(computes.drop(ROUTE));

    assertThat(session.told).containsExactly("end DROPPED");
    assertThat(compute.stopAsked).isTrue();
    assertThat(provider.deleted).containsExactly(ROUTE);
    assertThat(now(computes.wake(ROUTE).outcome())).isEqualTo(new WakeOutcome.Dropped());
  }

  @Test
  void aGracefulStopEndsEverythingAndNothingStartsAfterwards() {
    ScriptedProvider.Scripted compute = awake();
    ScriptedSession session = new ScriptedSession(timer.nanoTime());
    session.atRest = false;
    computes.attach(ROUTE.database(), session);

    now(computes.suspendAll());

    assertThat(session.told).containsExactly("end STOPPING");
    assertThat(compute.stopAsked).isTrue();
    assertThat(now(computes.wake(ROUTE).outcome()))
        .isEqualTo(new WakeOutcome.Failed("the proxy is stopping"));
  }
}
