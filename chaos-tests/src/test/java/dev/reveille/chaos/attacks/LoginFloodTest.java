package dev.reveille.chaos.attacks;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.product.Products;
import dev.reveille.chaos.product.WireClient;
import dev.reveille.wire.BackendMessage.ErrorResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Ten thousand bad logins from one address, a third of them for the victim's own name, many at once. The victim logs in
 * from another address all the while, and works in a session that was there before; its p99 is compared with that of
 * the time before, as medians of windows, since single windows of a busy machine say little.
 */
class LoginFloodTest {
  private static final int GUESSES = 10_000;
  private static final int AT_ONCE = 256;
  private static final int PLACES = 64;
  /** By the places of an address that keeps failing; the first few are held for less. */
  private static final Duration HELD = Duration.ofMillis(400);
  private static final int HELD_FOR_LESS = 400;
  private static final int WINDOWS = 25;
  private static final int QUERIES = 300;
  /** The victim works now and then: all the time it would be most of what the machine does. */
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final String PLAINTEXT = """
      tls:
        plaintext: true
      limits:
        unproven: %d
      """.formatted(PLACES) + Products.SMALL;

  private final AtomicInteger made = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  @Test
  void the_victim_gets_in_and_works_while_ten_thousand_logins_are_tried_from_one_address()
      throws Exception {
    try (RunningReveille reveille = RunningReveille.start(
        RunningReveille.Setup.quiet(PLAINTEXT))) {
      ConnectionString url = reveille.create("shop");
      try (WireClient established = WireClient.loggedIn(reveille, url)) {
        // Twice: what is compiled in the first round is not measured.
        windows(reveille, url, established, WINDOWS);
        List<Long> quiet = windows(reveille, url, established, WINDOWS);

        long began = System.nanoTime();
        List<Long> attacked;
        Duration attack;
        try (ExecutorService attackers = Executors.newVirtualThreadPerTaskExecutor()) {
          List<Future<?>> running = new ArrayList<>();
          for (int i = 0; i < AT_ONCE; i++) {
            running.add(attackers.submit(() -> guess(reveille.port(), url.user())));
          }
          attacked = new ArrayList<>(windows(reveille, url, established, 1));
          while (running.stream().anyMatch(attacker -> !attacker.isDone())) {
            LockSupport.parkNanos(PAUSE.toNanos());
            attacked.addAll(windows(reveille, url, established, 1));
          }
          for (Future<?> attacker : running) {
            attacker.get();
          }
          attack = Duration.ofNanos(System.nanoTime() - began);
        }

        double ratio = (double) median(attacked) / median(quiet);
        System.out.printf(Locale.ROOT, "login flood: %d bad logins in %.1f s; victim logged in %d"
            + " times; p99 of its session %.2f ms, quiet %.2f ms: %.2f x%n", refused.get(),
            attack.toMillis() / 1e3, attacked.size(), median(attacked) / 1e6, median(quiet) / 1e6,
            ratio);
        assertThat(refused).as("each is answered").hasValue(GUESSES);
        assertThat(attack).as("one address has so many places, each held so long")
            .isGreaterThanOrEqualTo(HELD.multipliedBy((GUESSES - HELD_FOR_LESS) / PLACES - 2L));
        theAttackerIsKnownAndTheVictimIsNot(reveille, url);
      }
    }
  }

  /** Each window: a login, as many do it now and then, and the p99 of short queries. */
  private static List<Long> windows(RunningReveille reveille, ConnectionString url,
      WireClient established, int count) throws IOException {
    List<Long> all = new ArrayList<>();
    for (int window = 0; window < count; window++) {
      WireClient.loggedIn(reveille, url).close();
      long[] times = new long[QUERIES];
      for (int i = 0; i < QUERIES; i++) {
        long asked = System.nanoTime();
        established.query("select 1");
        times[i] = System.nanoTime() - asked;
      }
      Arrays.sort(times);
      all.add(times[QUERIES * 99 / 100]);
    }
    return all;
  }

  private void guess(int port, String victim) {
    try {
      InetAddress attacker = InetAddress.getByAddress(new byte[]{127, 0, 0, 2});
      for (int i = made.getAndIncrement(); i < GUESSES; i = made.getAndIncrement()) {
        String name = i % 3 == 0 ? victim : "a_" + i;
        try (Guess guess = new Guess(port, attacker)) {
          assertThat(guess.madeUp(name, "shop").verdict()).isInstanceOf(ErrorResponse.class);
          refused.incrementAndGet();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void theAttackerIsKnownAndTheVictimIsNot(RunningReveille reveille,
      ConnectionString url) throws IOException {
    try (Guess guess = new Guess(reveille.port(),
        InetAddress.getByAddress(new byte[]{127, 0, 0, 2}))) {
      assertThat(((ErrorResponse) guess.madeUp(url.user(), "shop").verdict()).fields().message())
          .contains("too many failed logins");
    }
    try (WireClient victim = WireClient.loggedIn(reveille, url)) {
      assertThat(WireClient.values(victim.query("select 7"))).containsExactly("7");
    }
  }

  private static long median(List<Long> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
