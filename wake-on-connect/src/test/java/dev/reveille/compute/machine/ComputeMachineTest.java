package dev.reveille.compute.machine;

import dev.reveille.compute.EndReason;
import dev.reveille.compute.SuspendOutcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ComputeMachineTest {
  private static final ComputeLimits LIMITS = new ComputeLimits(2, 2, Duration.ofSeconds(1),
      Duration.ofSeconds(4), Duration.ofSeconds(5));
  private static final long SECOND = 1_000_000_000L;

  private final ComputeMachine machine = new ComputeMachine(LIMITS);
  private ComputeState state = ComputeState.INITIAL;

  private List<ComputeAction> step(ComputeEvent event) {
    ComputeTransition transition = machine.step(state, event);
    state = transition.next();
    return transition.actions();
  }

  @Test
  void manyWaitersAreOneStartAndAllAreAnsweredTogether() {
    assertThat(step(new ComputeEvent.WakeRequested(1, 0)))
        .containsExactly(new ComputeAction.Start());
    assertThat(step(new ComputeEvent.WakeRequested(2, 0))).isEmpty();
    assertThat(step(new ComputeEvent.WakeRequested(3, 0)))
        .containsExactly(new ComputeAction.AnswerTooMany(3, 2));

    assertThat(step(new ComputeEvent.Started(7, 0)))
        .containsExactly(new ComputeAction.AnswerReady(new Waiters(List.of(1L, 2L)), 7, true));
  }

  @Test
  void aWaiterThatLeftMakesRoomAndIsNotAnswered() {
    step(new ComputeEvent.WakeRequested(1, 0));
    step(new ComputeEvent.WakeRequested(2, 0));
    step(new ComputeEvent.WaiterLeft(1));
    assertThat(step(new ComputeEvent.WakeRequested(3, 0))).isEmpty();

    assertThat(step(new ComputeEvent.Started(1, 0)))
        .containsExactly(new ComputeAction.AnswerReady(new Waiters(List.of(2L, 3L)), 1, true));
  }

  @Test
  void aWakeDuringASuspendWaitsAndIsServedByTheNextCompute() {
    step(new ComputeEvent.WakeRequested(1, 0));
    step(new ComputeEvent.Started(1, 0));
    assertThat(step(new ComputeEvent.SuspendRequested(9)))
        .containsExactly(new ComputeAction.AskToHold(9));
    assertThat(step(new ComputeEvent.AllHeld(9))).containsExactly(
        new ComputeAction.End(EndReason.SUSPENDED), new ComputeAction.Stop());
    assertThat(step(new ComputeEvent.WakeRequested(2, 0))).isEmpty();

    assertThat(step(new ComputeEvent.Stopped())).containsExactly(
        new ComputeAction.AnswerSuspend(new SuspendOutcome.Suspended()),
        new ComputeAction.Start());
    assertThat(step(new ComputeEvent.Started(2, 0)))
        .containsExactly(new ComputeAction.AnswerReady(Waiters.of(2), 2, true));
  }

  @Test
  void oneSessionThatIsNotAtRestKeepsTheComputeAwake() {
    step(new ComputeEvent.WakeRequested(1, 0));
    step(new ComputeEvent.Started(1, 0));
    step(new ComputeEvent.SuspendRequested(9));
    step(new ComputeEvent.WakeRequested(2, 0));
    assertThat(step(new ComputeEvent.AllHeld(8))).as("an older attempt").isEmpty();

    assertThat(step(new ComputeEvent.HoldRefused(9))).containsExactly(
        new ComputeAction.Release(), new ComputeAction.AnswerReady(Waiters.of(2), 1, false),
        new ComputeAction.AnswerSuspend(new SuspendOutcome.Busy("a session is not at rest")));
    assertThat(state).isInstanceOf(ComputeState.Awake.class);
  }

  @Test
  void oneFailureIsTriedAgainAndTheSecondIsToldAndBacksOff() {
    step(new ComputeEvent.WakeRequested(1, 0));
    assertThat(step(new ComputeEvent.StartFailed("bad", 0)))
        .containsExactly(new ComputeAction.Start());
    assertThat(step(new ComputeEvent.StartFailed("bad", 0))).contains(
        new ComputeAction.AnswerFailed(Waiters.of(1), "bad"));

    assertThat(step(new ComputeEvent.WakeRequested(2, SECOND / 4))).containsExactly(
        new ComputeAction.AnswerBackingOff(2, Duration.ofMillis(750), "bad"));
    assertThat(step(new ComputeEvent.WakeRequested(3, SECOND)))
        .containsExactly(new ComputeAction.Start());
  }

  @Test
  void backOffDoublesUpToItsLimit() {
    assertThat(List.of(LIMITS.backOff(2), LIMITS.backOff(3), LIMITS.backOff(4),
        LIMITS.backOff(50))).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2),
            Duration.ofSeconds(4), Duration.ofSeconds(4));
  }

  @Test
  void aComputeThatKeepsEndingSoonAfterItsStartBacksOff() {
    for (int epoch = 1; epoch <= 3; epoch++) {
      step(new ComputeEvent.WakeRequested(epoch, 0));
      step(new ComputeEvent.Started(epoch, 0));
      step(new ComputeEvent.Lost(epoch, "killed", SECOND));
    }

    assertThat(state).isInstanceOf(ComputeState.BackingOff.class);
  }

  @Test
  void aComputeThatLivedLongIsSimplyStartedAgain() {
    for (int epoch = 1; epoch <= 10; epoch++) {
      assertThat(step(new ComputeEvent.WakeRequested(epoch, 0)))
          .containsExactly(new ComputeAction.Start());
      step(new ComputeEvent.Started(epoch, 0));
      assertThat(step(new ComputeEvent.Lost(epoch, "killed", 6 * SECOND)))
          .containsExactly(new ComputeAction.End(EndReason.COMPUTE_LOST));
    }
  }

  @Test
  void aDropDuringAStartWaitsForItsEndBeforeAnythingIsDeleted() {
    step(new ComputeEvent.WakeRequested(1, 0));
    assertThat(step(new ComputeEvent.DropRequested()))
        .containsExactly(new ComputeAction.AnswerDropped(Waiters.of(1)));
    assertThat(step(new ComputeEvent.Started(1, 0)))
        .containsExactly(new ComputeAction.Stop());
    assertThat(step(new ComputeEvent.Stopped())).contains(new ComputeAction.DeleteStorage());

    assertThat(step(new ComputeEvent.WakeRequested(2, 0)))
        .containsExactly(new ComputeAction.AnswerDropped(Waiters.of(2)));
  }

  @Test
  void wakesWaitForAChangeAndAreServedByWhatItLeaves() {
    step(new ComputeEvent.WakeRequested(1, 0));
    step(new ComputeEvent.Started(1, 0));
    assertThat(step(new ComputeEvent.ChangeRequested(EndReason.SUSPENDED))).containsExactly(
        new ComputeAction.End(EndReason.SUSPENDED), new ComputeAction.Stop());
    step(new ComputeEvent.WakeRequested(2, 0));

    assertThat(step(new ComputeEvent.Stopped())).containsExactly(
        new ComputeAction.AnswerSuspend(new SuspendOutcome.Suspended()),
        new ComputeAction.Change());
    assertThat(step(new ComputeEvent.WakeRequested(3, 0))).isEmpty();

    assertThat(step(new ComputeEvent.Changed())).containsExactly(
        new ComputeAction.AnswerSuspend(new SuspendOutcome.AlreadyAsleep()),
        new ComputeAction.Start());
    assertThat(step(new ComputeEvent.Started(2, 0))).containsExactly(
        new ComputeAction.AnswerReady(new Waiters(List.of(2L, 3L)), 2, true));
  }

  @Test
  void aDropDuringAChangeWaitsForItsEndBeforeAnythingIsDeleted() {
    assertThat(step(new ComputeEvent.ChangeRequested(EndReason.SUSPENDED)))
        .containsExactly(new ComputeAction.Change());
    assertThat(step(new ComputeEvent.DropRequested())).isEmpty();

    assertThat(step(new ComputeEvent.Changed())).contains(new ComputeAction.DeleteStorage());
  }

  @Test
  void whatCannotHappenIsABug() {
    assertThatThrownBy(() -> step(new ComputeEvent.Started(1, 0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cannot happen");
  }
}
