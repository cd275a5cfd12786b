package dev.reveille.chaos.attacks;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.product.Products;
import dev.reveille.wire.BackendMessage.AuthenticationSaslFinal;
import dev.reveille.wire.BackendMessage.ErrorResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * That time does not tell who exists. Attempts of all kinds are made in an order drawn from a printed seed, each from an
 * address of its own so that no limit is met, without TLS so that nothing blurs the clock. The time from the startup
 * message to the challenge and that from the proof to the verdict are compared by {@link MannWhitney}: at an alpha of 1e-6
 * for each of six comparisons, and with an effect of more than 0.1 on the AUC, the kinds are told apart.
 *
 * <p>The control: of right secrets, which are never held up, the same test does see whether the credential had to be
 * looked up in the catalog. So it would see it of wrong ones too.
 */
class LoginTimingTest {
  private static final int OF_A_KIND = 400;
  private static final int OF_THE_CONTROL = 150;
  private static final int AT_ONCE = 6;
  private static final long SEED = Long.getLong("reveille.timing.seed", 20_261_120);
  private static final String PLAINTEXT = """
      tls:
        plaintext: true
      """ + Products.SMALL;

  private enum Kind {
    WRONG_SECRET(OF_A_KIND), NEVER_USED_BEFORE(OF_A_KIND), UNKNOWN_NAME(
        OF_A_KIND), UNKNOWN_DATABASE(
            OF_A_KIND), RIGHT_SECRET(OF_THE_CONTROL), RIGHT_AND_NEVER_USED(OF_THE_CONTROL);

    private final int attempts;

    Kind(int attempts) {
      this.attempts = attempts;
    }

    boolean right() {
      return this == RIGHT_SECRET || this == RIGHT_AND_NEVER_USED;
    }
  }

  private record Attempt(Kind kind, ConnectionString login) {}

  private final AtomicInteger addresses = new AtomicInteger();

  @Test
  void a_stranger_cannot_tell_by_time_whether_a_name_or_a_database_exists() throws Exception {
    System.out.println("login timing: seed " + SEED);
    try (RunningReveille reveille = Products.start(PLAINTEXT)) {
      ConnectionString known = reveille.create("shop");
      List<Attempt> attempts = drawn(reveille, known);
      // Both sides compile what they will be measured at, and the known name becomes cached.
      for (Attempt warm : attempts.subList(0, OF_THE_CONTROL)) {
        make(reveille, new Attempt(Kind.WRONG_SECRET, known.toDatabase(warm.login().database())));
      }

      Map<Kind, List<Guess.Times>> times = made(reveille, attempts);

      List<String> told = new ArrayList<>();
      for (Kind other : List.of(Kind.NEVER_USED_BEFORE, Kind.UNKNOWN_NAME,
          Kind.UNKNOWN_DATABASE)) {
        compare("challenge", challenges(times, Kind.WRONG_SECRET), challenges(times, other), other,
            told);
        compare("verdict", verdicts(times, Kind.WRONG_SECRET), verdicts(times, other), other,
            told);
      }
      MannWhitney control = MannWhitney.of(verdicts(times, Kind.RIGHT_SECRET),
          verdicts(times, Kind.RIGHT_AND_NEVER_USED));
      System.out.println("login timing: control, a look-up that is not hidden: " + control);
      assertThat(control.tellsApart()).as("the test sees a look-up: %s", control).isTrue();
      assertThat(told).as("what time tells").isEmpty();
    }
  }

  @Test
  void the_rank_test_sees_a_small_shift_and_nothing_where_there_is_nothing() {
    Random random = new Random(SEED);
    long[] some = random.longs(OF_A_KIND, 0, 1_000).toArray();
    long[] same = random.longs(OF_A_KIND, 0, 1_000).toArray();
    long[] shifted = random.longs(OF_A_KIND, 200, 1_200).toArray();

    assertThat(MannWhitney.of(some, same).tellsApart()).isFalse();
    assertThat(MannWhitney.of(some, shifted).tellsApart()).isTrue();
    assertThat(MannWhitney.of(new long[]{1, 1}, new long[]{1, 1}).auc()).isEqualTo(0.5);
  }

  private static void compare(String what, long[] first, long[] second, Kind other,
      List<String> told) {
    MannWhitney result = MannWhitney.of(first, second);
    String line = "time to the " + what + ", wrong secret against " + other + ": " + result;
    System.out.println("login timing: " + line);
    if (result.tellsApart()) {
      told.add(line);
    }
  }

  private static List<Attempt> drawn(RunningReveille reveille, ConnectionString known)
      throws IOException {
    List<Attempt> attempts = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (int i = 0; i < kind.attempts; i++) {
        attempts.add(new Attempt(kind, switch (kind) {
          case WRONG_SECRET -> known;
          case UNKNOWN_DATABASE -> known.toDatabase("nope");
          case NEVER_USED_BEFORE -> fresh(reveille);
          case UNKNOWN_NAME -> named(known, String.format("a_%016d", i));
          // No such database, so that a proof wakes and costs nothing.
          case RIGHT_SECRET -> known.toDatabase("nope");
          case RIGHT_AND_NEVER_USED -> fresh(reveille).toDatabase("nope");
        }));
      }
    }
    Collections.shuffle(attempts, new Random(SEED));
    return attempts;
  }

  private static ConnectionString fresh(RunningReveille reveille) throws IOException {
    return ConnectionString.parse(JsonMapper.shared()
        .readTree(reveille.control("url", "shop"))
        .path("url")
        .asString());
  }

  private static ConnectionString named(ConnectionString like, String user) {
    return new ConnectionString(user, like.secret(), like.host(), like.port(), like.database(),
        like.parameters());
  }

  private Map<Kind, List<Guess.Times>> made(RunningReveille reveille, List<Attempt> attempts)
      throws Exception {
    List<Callable<Guess.Times>> calls = attempts
        .stream().<Callable<Guess
            .Times>>map(attempt -> () -> make(reveille, attempt))
        .toList();
    Map<Kind, List<Guess.Times>> times = new EnumMap<>(Kind.class);
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<Guess.Times>> all = threads.invokeAll(calls);
      for (int i = 0; i < all.size(); i++) {
        times.computeIfAbsent(attempts.get(i).kind(), kind -> new ArrayList<>())
            .add(all.get(i).get());
      }
    }
    return times;
  }

  private Guess.Times make(RunningReveille reveille, Attempt attempt) throws IOException {
    int number = addresses.getAndIncrement();
    InetAddress from = InetAddress.getByAddress(
        new byte[]{127, 1, (byte) (number / 250), (byte) (number % 250 + 1)});
    ConnectionString login = attempt.login();
    try (Guess guess = new Guess(reveille.port(), from)) {
      Guess.Times times = attempt.kind().right()
          ? guess.proving(login.user(), login.database(), login.secret())
          : guess.madeUp(login.user(), login.database());
      assertThat(times.verdict()).as("%s", attempt.kind())
          .isInstanceOf(
              attempt.kind().right() ? AuthenticationSaslFinal.class : ErrorResponse.class);
      return times;
    }
  }

  private static long[] challenges(Map<Kind, List<Guess.Times>> times, Kind kind) {
    return times.getOrDefault(kind, List.of())
        .stream()
        .mapToLong(Guess.Times::toChallenge)
        .toArray();
  }

  private static long[] verdicts(Map<Kind, List<Guess.Times>> times, Kind kind) {
    return times.getOrDefault(kind, List.of())
        .stream()
        .mapToLong(Guess.Times::toVerdict)
        .toArray();
  }
}
