package dev.reveille.proxy.budget;

import dev.reveille.cell.CredentialId;
import dev.reveille.proxy.session.Given;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SlidingWindowTest {
  private static final long SEED = Long.getLong("reveille.budget.seed", System.nanoTime());

  @Test
  void no_minute_has_more_connects_than_the_limit_wherever_it_begins() {
    System.out.println("reveille.budget.seed=" + SEED);
    var random = new SplittableRandom(SEED);
    for (var run = 0; run < 200; run++) {
      var limit = random.nextInt(1, 40);
      var clock = new ManualClock("2026-03-01T23:58:00Z");
      var ledger = Ledger.alone(clock);
      var credential = CredentialId.random();
      var limits = Given.limits(100_000, limit, 1);
      var admitted = new ArrayDeque<Instant>();
      var most = random.nextInt(1, 20_000);
      for (var attempt = 0; attempt < 500; attempt++) {
        clock.pass(Duration.ofMillis(random.nextInt(most)));
        var now = clock.instant();
        var spent = ledger.enter(credential, limits);
        while (!admitted.isEmpty() && !admitted.peek().isAfter(now.minusSeconds(60))) {
          admitted.poll();
        }
        if (spent.isEmpty()) {
          admitted.add(now);
          assertThat(admitted.size()).as("in a minute, seed %d", SEED)
              .isLessThanOrEqualTo(limit);
        } else {
          assertThat(spent.get().budget()).isEqualTo(Budget.CONNECTS);
          assertThat(spent.get().resets().orElseThrow()).isAfter(now)
              .isBeforeOrEqualTo(now.plusSeconds(65));
        }
      }
    }
  }

  @Test
  void at_the_time_that_was_named_there_is_one_again_and_not_before() {
    System.out.println("reveille.budget.seed=" + SEED);
    var random = new SplittableRandom(SEED);
    for (var run = 0; run < 200; run++) {
      var clock = new ManualClock("2026-03-01T12:00:00Z");
      clock.pass(Duration.ofMillis(random.nextInt(100_000)));
      var use = new CredentialUse(CredentialId.random(), true, clock.instant());
      var limit = random.nextInt(1, 10);
      while (use.wake(limit, clock.instant()).isPresent()) {
        clock.pass(Duration.ofSeconds(random.nextInt(700)));
      }

      var again = use.wakesAgain(limit, clock.instant());
      clock.pass(Duration.between(clock.instant(), again).minusMillis(1));
      assertThat(use.wake(limit, clock.instant())).as("too early, seed %d", SEED).isEmpty();
      clock.pass(Duration.ofMillis(1));
      assertThat(use.wake(limit, clock.instant())).as("now, seed %d", SEED).isPresent();
    }
  }

  @Test
  void a_clock_that_is_set_back_gives_nothing_away() {
    var window = SlidingWindow.minute();
    var now = Instant.parse("2026-03-01T12:00:00Z");
    window.add(window.slice(now), 3);

    assertThat(window.sum(now.minusSeconds(30))).isEqualTo(3);
    window.add(window.slice(now.minusSeconds(30)), 1);
    assertThat(window.sum(now.plusSeconds(20))).isEqualTo(4);
  }

  @Test
  void counts_of_a_clock_that_is_ahead_do_not_push_ours_out() {
    var window = SlidingWindow.minute();
    var ahead = SlidingWindow.minute();
    var now = Instant.parse("2026-03-01T12:00:00Z");
    window.add(window.slice(now), 3);
    ahead.add(ahead.slice(now.plusSeconds(300)), 2);

    window.add(ahead.snapshot(), now);

    assertThat(window.sum(now)).isEqualTo(5);
  }
}
