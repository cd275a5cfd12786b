package dev.reveille.proxy.cancel;

import dev.reveille.wire.CancelSecret;
import dev.reveille.wire.InitialPacket.CancelRequest;
import dev.reveille.wire.ProtocolVersion;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CancelKeysTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("192.0.2.2");

  private long now;
  private int cancelled;
  private final CancelKeys keys = new CancelKeys(new Random(7), () -> now);
  private final CancelTarget target = () -> () -> {
    cancelled++;
    return CompletableFuture.completedFuture(true);
  };

  private CancelOutcome cancel(CancelKey key, InetAddress from)
      throws ExecutionException, InterruptedException {
    return keys.aim(new CancelRequest(key.processId(), key.secret()), from)
        .get()
        .toCompletableFuture()
        .get();
  }

  @Test
  void secretsAreAsLongAsTheProtocolAllows() {
    assertThat(keys.issue(ProtocolVersion.V3_0, 4711).secret().length()).isEqualTo(4);
    assertThat(keys.issue(ProtocolVersion.V3_2, 4711).secret().length()).isEqualTo(32);
  }

  @Test
  void noTwoLiveSessionsShareAProcessId() {
    RandomGenerator narrow = new Random(3) {
      @Override
      public int nextInt(int origin, int bound) {
        return super.nextInt(1, 200) + (1 << 22);
      }
    };
    CancelKeys crowded = new CancelKeys(narrow, () -> now);
    Set<Integer> ids = new HashSet<>();
    for (int i = 0; i < 150; i++) {
      assertThat(ids.add(crowded.issue(ProtocolVersion.V3_0, 4711).processId())).isTrue();
    }
  }

  @Test
  void theProcessIdIsTheComputesAndTheSecretIsNot() throws Exception {
    CancelKey first = keys.issue(ProtocolVersion.V3_0, 4711);
    CancelKey second = keys.issue(ProtocolVersion.V3_0, 4711);
    keys.bind(first, target);

    assertThat(first.processId()).isEqualTo(4711);
    assertThat(second.processId()).isGreaterThan(1 << 22);
    assertThat(cancel(second, HERE)).isEqualTo(CancelOutcome.NOTHING_IN_FLIGHT);
    assertThat(cancel(first, HERE)).isEqualTo(CancelOutcome.DELIVERED);
  }

  @Test
  void aBoundKeyReachesItsTarget() throws Exception {
    CancelKey key = keys.issue(ProtocolVersion.V3_2, 4711);
    assertThat(cancel(key, HERE)).isEqualTo(CancelOutcome.NOTHING_IN_FLIGHT);
    keys.bind(key, target);
    assertThat(cancel(key, HERE)).isEqualTo(CancelOutcome.DELIVERED);
    keys.unbind(key);
    assertThat(cancel(key, HERE)).isEqualTo(CancelOutcome.NOTHING_IN_FLIGHT);
    keys.bind(key, target);
    keys.retire(key);
    assertThat(cancel(key, HERE)).isEqualTo(CancelOutcome.UNKNOWN_KEY);
    assertThat(keys.live()).isZero();
    assertThat(cancelled).isEqualTo(1);
  }

  @Test
  void aWrongSecretReachesNobody() throws Exception {
    CancelKey key = keys.issue(ProtocolVersion.V3_0, 4711);
    keys.bind(key, target);
    byte[] almost = key.secret().bytes();
    almost[3] ^= 1;
    assertThat(cancel(new CancelKey(key.processId(), CancelSecret.of(almost)), HERE))
        .isEqualTo(CancelOutcome.UNKNOWN_KEY);
    assertThat(cancel(new CancelKey(key.processId() ^ 1, key.secret()), HERE))
        .isEqualTo(CancelOutcome.UNKNOWN_KEY);
    assertThat(cancelled).isZero();
  }

  @Test
  void aRetiredKeyDoesNotTakeAnothersAway() throws Exception {
    CancelKey key = keys.issue(ProtocolVersion.V3_0, 4711);
    keys.bind(key, target);
    keys.retire(new CancelKey(key.processId(), CancelSecret.of(new byte[4])));
    assertThat(cancel(key, HERE)).isEqualTo(CancelOutcome.DELIVERED);
  }

  @Test
  void anAddressThatGuessesIsNoLongerHeardUntilItHasBeenQuiet() throws Exception {
    CancelKey key = keys.issue(ProtocolVersion.V3_0, 4711);
    keys.bind(key, target);
    CancelKey guess = new CancelKey(key.processId(), CancelSecret.of(new byte[4]));
    for (int i = 0; i < GuessLimit.BURST; i++) {
      assertThat(cancel(guess, HERE)).isEqualTo(CancelOutcome.UNKNOWN_KEY);
    }
    assertThat(cancel(guess, HERE)).isEqualTo(CancelOutcome.TOO_MANY);
    assertThat(cancel(key, HERE)).isEqualTo(CancelOutcome.TOO_MANY);
    assertThat(cancel(key, ELSEWHERE)).isEqualTo(CancelOutcome.DELIVERED);

    now += Duration.ofSeconds(1).toNanos();
    assertThat(cancel(guess, HERE)).isEqualTo(CancelOutcome.UNKNOWN_KEY);
    assertThat(cancel(guess, HERE)).isEqualTo(CancelOutcome.TOO_MANY);
    now += Duration.ofSeconds(2).toNanos();
    for (int i = 0; i < 100; i++) {
      assertThat(cancel(key, HERE)).isEqualTo(CancelOutcome.DELIVERED);
    }
  }
}
