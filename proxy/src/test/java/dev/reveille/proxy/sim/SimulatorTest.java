package dev.reveille.proxy.sim;

import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * A million steps in many small worlds. Run with {@code -Dreveille.sim.seed=N} for others, and with
 * {@code -Dreveille.sim.steps=N} for more.
 */
class SimulatorTest {
  private static final long STEPS_OF_A_WORLD = 5_000;
  private static final long SEED = Long.getLong("reveille.sim.seed", 20_260_101);
  private static final long STEPS = Long.getLong("reveille.sim.steps", 1_000_000);

  /** What may happen to each machine where; all of it has to be met. */
  private static final Set<String> MUST_BE_SEEN = Set.of("Identifying TimerFired",
      "Identifying ClientLeft", "Failing TimerFired", "Failing ClientLeft", "Waking ClientLeft",
      "Waking TimerFired",
      "Queueing SlotTaken", "Queueing ClientLeft", "Queueing TimerFired", "Preparing LoginFailed",
      "Connecting EndAsked", "Connecting ClientLeft", "Connecting DrainAsked",
      "Pausing TimerFired", "Pausing ClientLeft", "Readmitting EndAsked", "Relaying HoldAsked",
      "Relaying ComputeLeft", "Relaying DrainAsked", "Relaying CredentialChanged",
      "Holding Released", "Holding EndAsked", "Closed Connected",
      "Stopping WakeRequested", "Stopping WaiterLeft",
      "Holding WakeRequested", "Starting WaiterLeft", "Starting SuspendRequested",
      "BackingOff WakeRequested", "Awake Lost", "Awake DropRequested");
  private static final Set<String> SEEN = new TreeSet<>();

  @Test
  void a_million_steps_break_no_promise() {
    System.out.println("simulator: seed " + SEED);
    var seeds = new SplittableRandom(SEED);
    var steps = 0L;
    var worlds = 0;
    while (steps < STEPS) {
      steps += World.run(seeds.nextLong(), STEPS_OF_A_WORLD, Planted.NOTHING, SEEN);
      worlds++;
    }
    System.out.println("simulator: " + steps + " steps in " + worlds + " worlds");
    assertThat(steps).isGreaterThanOrEqualTo(STEPS);
    assertThat(SEEN).containsAll(MUST_BE_SEEN);
  }

  @Test
  void a_seed_is_a_run() {
    assertThat(World.run(42, STEPS_OF_A_WORLD, Planted.NOTHING, SEEN))
        .isEqualTo(World.run(42, STEPS_OF_A_WORLD, Planted.NOTHING, SEEN));
  }

  @ParameterizedTest
  @EnumSource(value = Planted.class, names = "NOTHING", mode = EnumSource.Mode.EXCLUDE)
  void a_planted_bug_is_caught(Planted planted) {
    var seeds = new SplittableRandom(SEED);
    var caught = catchThrowableOfType(Violation.class, () -> {
      for (var world = 0; world < 100; world++) {
        World.run(seeds.nextLong(), STEPS_OF_A_WORLD, planted, new TreeSet<>());
      }
    });

    assertThat(caught).as("%s is caught", planted).isNotNull();
    System.out.println("simulator: " + planted + " is caught: "
        + String.valueOf(caught.getMessage()).lines().findFirst().orElse(""));
    assertThat(caught.getMessage()).contains(switch (planted) {
      case A_WAITER_IS_DROPPED -> "waiters";
      case A_WAKE_BEFORE_THE_PROOF -> "a wake without proof";
      case A_SUSPEND_IN_PROGRESS_IS_IGNORED -> "ready with epoch";
      case A_START_WITHOUT_LEAVE -> "a start without an allowed wake";
      case NOTHING -> "";
    });
  }

  /** Runs that once went wrong. */
  @ParameterizedTest
  @ValueSource(longs = {-5991864429014516327L})
  void a_named_seed_stays_mended(long seed) {
    World.run(seed, STEPS_OF_A_WORLD, Planted.NOTHING, SEEN);
  }
}
