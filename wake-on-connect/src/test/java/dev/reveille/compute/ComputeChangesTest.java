package dev.reveille.compute;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ComputeChangesTest {
  private static final CellId CELL = new CellId("c1");
  private static final Duration AFTER = DatabaseSettings.DEFAULTS.suspendAfter();
  private static final Route ROUTE = new Route(DatabaseId.random(),
      new AccountId(new UUID(0, 1)), "shop", CELL, StorageId.random(), DatabaseSettings.DEFAULTS,
      1);
  private static final CloneReport REPORT = new CloneReport("copy", Duration.ZERO, 1);

  private final ManualTimer timer = new ManualTimer();
  private final ScriptedProvider provider = new ScriptedProvider();
  private final ScriptedStorages storages = new ScriptedStorages();
  private final ComputeSupervisor computes = new ComputeSupervisor(Map.of(CELL, provider),
      SupervisorSettings.DEFAULTS, timer);

  ComputeChangesTest() {
    provider.storages = storages;
  }

  /** Clones that take as long as a test says. */
  private static final class ScriptedStorages implements CellStorages {
    CompletableFuture<CloneReport> clone = new CompletableFuture<>();
    final List<Boolean> running = new ArrayList<>();
    final List<Hold> holds = new ArrayList<>();
    String driver = "reflink";

    @Override
    public String driver() {
      return driver;
    }

    /** The latest copy notices that it is to give its source back. */
    void givesBack() {
      CompletableFuture<CloneReport> given = clone;
      clone = new CompletableFuture<>();
      try {
        holds.getLast().moved(1);
      } catch (Hold.GivenUpException e) {
        given.completeExceptionally(e);
      }
      assertThat(given).isDone();
    }

    @Override
    public CompletionStage<CloneReport> clone(StorageId source, Optional<RunningCompute> compute,
        StorageId target, Hold hold) {
      running.add(compute.isPresent());
      holds.add(hold);
      return clone;
    }

    @Override
    public CompletionStage<Void> delete(StorageId storage) {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<Long> archive(StorageId storage, Hold hold) {
      return CompletableFuture.completedFuture(1L);
    }

    @Override
    public CompletionStage<Long> unarchive(StorageId storage, Hold hold) {
      return CompletableFuture.completedFuture(1L);
    }

    @Override
    public CompletionStage<List<StoredStorage>> all() {
      return CompletableFuture.completedFuture(List.of());
    }
  }

  private String state() {
    return computes.statuses().getFirst().state();
  }

  @Test
  void aCloneOfARunningDatabaseKeepsItAwakeAndHoldsNobodyUp() {
    computes.wake(ROUTE).abandon();
    ScriptedProvider.Scripted compute = provider.started(ROUTE);
    CompletionStage<CloneReport> clone = computes.clone(ROUTE, StorageId.random()).report();
    assertThat(storages.running).containsExactly(true);

    timer.pass(AFTER.multipliedBy(3));
    assertThat(compute.stopAsked).isFalse();
    Wake meanwhile = computes.wake(ROUTE);
    assertThat(meanwhile.outcome().toCompletableFuture()).isDone();
    meanwhile.abandon();
    storages.clone.complete(REPORT);

    assertThat(clone.toCompletableFuture()).isCompletedWithValue(REPORT);
    timer.pass(AFTER.multipliedBy(3));
    assertThat(compute.stopAsked).isTrue();
  }

  @Test
  void aCloneOfASleepingDatabaseStartsNothingAndItsWakesWait() {
    CompletionStage<CloneReport> clone = computes.clone(ROUTE, StorageId.random()).report();
    Wake waiting = computes.wake(ROUTE);
    assertThat(state()).isEqualTo("changing");
    assertThat(provider.starts).isEmpty();

    storages.clone.complete(REPORT);

    assertThat(clone.toCompletableFuture()).isCompletedWithValue(REPORT);
    assertThat(storages.running).containsExactly(false);
    provider.started(ROUTE);
    assertThat(waiting.outcome().toCompletableFuture().join())
        .isInstanceOf(WakeOutcome.Ready.class);
  }

  private Moving<CloneReport> copyOfASleepingDatabase() {
    storages.driver = "copy";
    Moving<CloneReport> copy = computes.clone(ROUTE, StorageId.random());
    assertThat(state()).isEqualTo("changing");
    return copy;
  }

  @Test
  void aCopyOfASleepingDatabaseGivesWayToAWakeAndIsTakenAgainOfTheOneThatRuns() {
    Moving<CloneReport> copy = copyOfASleepingDatabase();
    Wake waiting = computes.wake(ROUTE);
    assertThat(provider.starts).isEmpty();

    storages.givesBack();
    provider.started(ROUTE);

    assertThat(waiting.outcome().toCompletableFuture().join())
        .isInstanceOf(WakeOutcome.Ready.class);
    assertThat(storages.running).containsExactly(false, true);
    assertThat(copy.report().toCompletableFuture()).isNotDone();
    storages.clone.complete(REPORT);
    assertThat(copy.report().toCompletableFuture()).isCompletedWithValue(REPORT);
    assertThat(copy.moved()).isEqualTo(1);
  }

  @Test
  void aCopyThatHasReadItsSourceHoldsNobodyUp() {
    Moving<CloneReport> copy = copyOfASleepingDatabase();
    Wake waiting = computes.wake(ROUTE);

    storages.holds.getLast().release();
    provider.started(ROUTE);

    assertThat(waiting.outcome().toCompletableFuture()).isDone();
    assertThat(copy.report().toCompletableFuture()).isNotDone();
    storages.clone.complete(REPORT);
    assertThat(copy.report().toCompletableFuture()).isCompletedWithValue(REPORT);
  }

  @Test
  void aCopyGivesWayToThoseWhoComeAndLeaveOnlySoOften() {
    Moving<CloneReport> copy = copyOfASleepingDatabase();
    for (int i = 0; i < 3; i++) {
      computes.wake(ROUTE).abandon();
      storages.givesBack();
      assertThat(state()).isEqualTo("changing");
    }

    computes.wake(ROUTE).abandon();
    storages.holds.getLast().moved(1);
    storages.clone.complete(REPORT);

    assertThat(copy.report().toCompletableFuture()).isCompletedWithValue(REPORT);
    assertThat(provider.starts).isEmpty();
  }

  @Test
  void aCopyThatIsCalledOffEndsAndIsNotTakenAgain() {
    Moving<CloneReport> copy = copyOfASleepingDatabase();
    Moving<CloneReport> next = computes.clone(ROUTE, StorageId.random());

    copy.abandon();
    next.abandon();
    storages.givesBack();

    assertThatThrownBy(() -> copy.report().toCompletableFuture().join())
        .hasMessageContaining("given up");
    assertThatThrownBy(() -> next.report().toCompletableFuture().join())
        .hasMessageContaining("given up");
    assertThat(storages.running).containsExactly(false);
    assertThat(state()).isEqualTo("asleep");
  }

  @Test
  void aStopWaitsForNoCopyAndLetsNoneBeginAnew() {
    Moving<CloneReport> copy = copyOfASleepingDatabase();

    var stopped = computes.suspendAll();
    assertThat(stopped.toCompletableFuture()).isNotDone();
    storages.givesBack();

    assertThat(stopped.toCompletableFuture()).isCompleted();
    assertThatThrownBy(() -> copy.report().toCompletableFuture().join())
        .hasMessageContaining("the proxy is stopping");
    assertThat(storages.running).containsExactly(false);
  }

  @Test
  void aCloneThatIsAskedForDuringAStartWaitsForItsEnd() {
    computes.wake(ROUTE);
    var clone = computes.clone(ROUTE, StorageId.random()).report();
    assertThat(storages.running).isEmpty();

    provider.started(ROUTE);
    storages.clone.complete(REPORT);

    assertThat(storages.running).containsExactly(true);
    assertThat(clone.toCompletableFuture()).isCompletedWithValue(REPORT);
  }

  @Test
  void whatAStopOvertakesIsToldAndNotDone() {
    computes.wake(ROUTE).abandon();
    provider.stopsAtOnce = false;
    ScriptedProvider.Scripted compute = provider.started(ROUTE);
    AtomicBoolean done = new AtomicBoolean();
    var changed = computes.quiesced(ROUTE, EndReason.SUSPENDED, true, () -> {
      done.set(true);
      return ROUTE;
    });
    assertThat(compute.stopAsked).isTrue();

    var stopped = computes.suspendAll();
    compute.stopped.complete(null);

    assertThat(stopped.toCompletableFuture()).isCompleted();
    assertThatThrownBy(() -> changed.toCompletableFuture().join())
        .hasMessageContaining("the proxy is stopping");
    assertThat(done).isFalse();
  }

  private ScriptedSession session() {
    computes.wake(ROUTE).abandon();
    provider.started(ROUTE);
    return new ScriptedSession(timer.nanoTime());
  }

  @Test
  void whatNeedsADatabaseWithoutSessionsWaitsForThemToGo() throws Exception {
    AutoCloseable first = computes.attach(ROUTE.database(), session());
    AutoCloseable second = computes.attach(ROUTE.database(),
        new ScriptedSession(timer.nanoTime()));

    var changed = computes.quiesced(ROUTE, EndReason.DROPPED, false, () -> ROUTE)
        .toCompletableFuture();
    timer.pass(Duration.ofSeconds(4));
    first.close();
    assertThat(changed).isNotDone();
    second.close();

    assertThat(changed).succeedsWithin(Duration.ofSeconds(10));
  }

  @Test
  void aSessionThatStaysIsCountedAfterFiveSeconds() {
    computes.attach(ROUTE.database(), session());

    var changed = computes.quiesced(ROUTE, EndReason.DROPPED, false, () -> ROUTE)
        .toCompletableFuture();
    timer.pass(Duration.ofMillis(4999));
    computes.attach(ROUTE.database(), new ScriptedSession(timer.nanoTime()));
    assertThat(changed).isNotDone();
    timer.pass(Duration.ofMillis(1));

    assertThatThrownBy(changed::join).hasCauseInstanceOf(ComputeBusyException.class)
        .hasMessageContaining("There are 2 other sessions using the database.");
    assertThat(state()).isEqualTo("awake");
  }

  @Test
  void whatWaitsForSessionsHoldsUpNothingBehindIt() {
    computes.attach(ROUTE.database(), session());
    var changed = computes.quiesced(ROUTE, EndReason.DROPPED, false, () -> ROUTE)
        .toCompletableFuture();

    var clone = computes.clone(ROUTE, StorageId.random());
    storages.clone.complete(REPORT);

    assertThat(clone.report().toCompletableFuture()).isCompletedWithValue(REPORT);
    assertThat(changed).isNotDone();
  }

  @Test
  void whatWaitsForSessionsCanBeTakenBackAndWhatHasBegunCannot() throws Exception {
    AutoCloseable session = computes.attach(ROUTE.database(), session());
    Recall waiting = new Recall();
    Recall begun = new Recall();
    AtomicBoolean done = new AtomicBoolean();
    var taken = waiting.during(() -> computes.quiesced(ROUTE, EndReason.DROPPED, false, () -> {
      done.set(true);
      return ROUTE;
    })).toCompletableFuture();

    waiting.ask();
    session.close();

    assertThatThrownBy(taken::join).hasCauseInstanceOf(RecalledException.class);
    assertThat(done).isFalse();
    var kept = begun.during(() -> computes.quiesced(ROUTE, EndReason.DROPPED, false, () -> ROUTE))
        .toCompletableFuture();
    begun.ask();
    assertThat(kept).succeedsWithin(Duration.ofSeconds(10));
  }

  @Test
  void aCloneThatWaitsCanBeTakenBack() {
    computes.wake(ROUTE);
    Recall recall = new Recall();
    var early = recall.during(() -> computes.clone(ROUTE, StorageId.random())).report();

    recall.ask();

    assertThatThrownBy(early.toCompletableFuture()::join)
        .hasCauseInstanceOf(RecalledException.class);
    provider.started(ROUTE);
    assertThat(storages.running).isEmpty();
  }
}
