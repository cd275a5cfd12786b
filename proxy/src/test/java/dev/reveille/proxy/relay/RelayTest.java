package dev.reveille.proxy.relay;

import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.Severity;
import dev.reveille.wire.TransactionStatus;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

import static dev.reveille.proxy.relay.Messages.BIND;
import static dev.reveille.proxy.relay.Messages.EXECUTE;
import static dev.reveille.proxy.relay.Messages.FLUSH;
import static dev.reveille.proxy.relay.Messages.SYNC;
import static dev.reveille.proxy.relay.Messages.TERMINATE;
import static dev.reveille.proxy.relay.Messages.parse;
import static dev.reveille.proxy.relay.Messages.query;
import static dev.reveille.proxy.relay.RelayFixture.answer;
import static dev.reveille.proxy.relay.RelayFixture.error;
import static dev.reveille.proxy.relay.RelayFixture.oneRow;
import static org.assertj.core.api.Assertions.assertThat;

class RelayTest {
  private static final byte[] ASK = query("select 'a value'");
  private static final byte[] ONE_ROW = oneRow(TransactionStatus.IDLE);
  /** RowDescription takes 7 bytes, and the header of the DataRow behind it 5. */
  private static final int IN_A_HEADER = 9;
  private static final int IN_A_BODY = 14;
  private static final ErrorFields SUSPENDED = ErrorFields.of(Severity.FATAL, "57P01", "suspended");

  private final RelayFixture fixture = new RelayFixture();
  private final Relay relay = fixture.relay;

  @Test
  void bytesPassAsTheyCameHoweverTheyAreCut() {
    for (int cut = 0; cut <= ASK.length; cut++) {
      byte[][] asked = split(ASK, cut);
      fixture.fromClient(asked[0]);
      assertThat(relay.atRest()).as("cut at %d", cut).isEqualTo(cut == 0);
      fixture.fromClient(asked[1]);
      assertThat(relay.atRest()).as("cut at %d", cut).isFalse();
      assertThat(fixture.toCompute()).isEqualTo(ASK);
      for (byte[] part : split(ONE_ROW, cut)) {
        assertThat(relay.atRest()).as("cut at %d", cut).isFalse();
        fixture.fromCompute(part);
      }
      assertThat(fixture.toClient()).isEqualTo(ONE_ROW);
      assertThat(relay.atRest()).isTrue();
    }
    for (int cut = 0; cut <= ONE_ROW.length; cut++) {
      fixture.fromClient(ASK);
      byte[][] parts = split(ONE_ROW, cut);
      fixture.fromCompute(parts[0]);
      assertThat(relay.atRest()).isEqualTo(cut == ONE_ROW.length);
      fixture.fromCompute(parts[1]);
      assertThat(relay.atRest()).isTrue();
      assertThat(fixture.toClient()).isEqualTo(ONE_ROW);
    }
    assertThat(fixture.told).containsExactly("first byte");
  }

  @Test
  void randomlySlicedStreamsComeOutWhole() {
    long seed = new Random().nextLong();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      sliced(random, ASK, true);
      sliced(random, ONE_ROW, false);
      assertThat(relay.atRest()).as("seed %d", seed).isTrue();
    }
    assertThat(relay.clientBytes()).isEqualTo(200L * ASK.length);
    assertThat(relay.computeBytes()).isEqualTo(200L * ONE_ROW.length);
  }

  private void sliced(Random random, byte[] bytes, boolean fromClient) {
    for (int at = 0; at < bytes.length;) {
      int end = Math.min(bytes.length, at + 1 + random.nextInt(random.nextBoolean() ? 1 : 20));
      byte[] slice = Arrays.copyOfRange(bytes, at, end);
      if (fromClient) {
        fixture.fromClient(slice);
      } else {
        fixture.fromCompute(slice);
      }
      at = end;
    }
    assertThat(fromClient ? fixture.toCompute() : fixture.toClient()).isEqualTo(bytes);
  }

  @Test
  void anExtendedSequenceWithoutSyncIsNotAtRest() {
    fixture.fromClient(parse("select 1"));
    fixture.fromClient(BIND);
    fixture.fromClient(EXECUTE);
    fixture.fromClient(FLUSH);
    fixture.fromCompute(new byte[]{'1', 0, 0, 0, 4, '2', 0, 0, 0, 4});
    fixture.fromCompute(answer(out -> BackendMessages.commandComplete(out, "SELECT 0")));
    assertThat(relay.atRest()).isFalse();

    fixture.fromClient(SYNC);
    assertThat(relay.atRest()).isFalse();
    fixture.fromCompute(answer(out -> BackendMessages.readyForQuery(out, TransactionStatus.IDLE)));
    assertThat(relay.atRest()).isTrue();
  }

  @Test
  void anOpenTransactionIsNotAtRest() {
    fixture.fromClient(ASK);
    fixture.fromCompute(oneRow(TransactionStatus.IN_TRANSACTION));
    assertThat(relay.atRest()).isFalse();
    assertThat(relay.hold()).isFalse();
  }

  @Test
  void aHeldClientWaitsAndIsHeardAfterTheRelease() {
    assertThat(relay.hold()).isTrue();
    assertThat(fixture.client.config().isAutoRead()).isFalse();
    fixture.fromClient(ASK);
    assertThat(fixture.toCompute()).isEmpty();
    relay.release();
    assertThat(fixture.toCompute()).isEqualTo(ASK);
    assertThat(fixture.client.config().isAutoRead()).isTrue();
    assertThat(relay.atRest()).isFalse();
  }

  @Test
  void aHeldSessionEndsCleanlyAndItsWaitingBytesAreDropped() {
    relay.hold();
    fixture.fromClient(ASK);
    relay.endClient(SUSPENDED);
    assertThat(error(fixture.toClient(), 0)).isEqualTo(SUSPENDED);
    assertThat(fixture.toCompute()).isEqualTo(TERMINATE);
    assertThat(fixture.client.isOpen()).isFalse();
    assertThat(fixture.link.channel().isOpen()).isFalse();
    assertThat(fixture.told).isEmpty();
  }

  @Test
  void anErrorIsInjectedAtTheNextBoundaryOnly() {
    fixture.fromClient(ASK);
    byte[][] parts = split(ONE_ROW, IN_A_BODY);
    fixture.fromCompute(parts[0]);
    relay.endClient(SUSPENDED);
    assertThat(fixture.toClient()).isEqualTo(parts[0]);

    fixture.fromCompute(parts[1]);
    byte[] whole = concat(parts[0], fixture.toClient());
    assertThat(error(whole, wholeFrames(whole))).isEqualTo(SUSPENDED);
    assertThat(fixture.client.isOpen()).isFalse();
  }

  @Test
  void aHeaderThatIsNotCompleteHasNotBegunForTheClient() {
    fixture.fromClient(ASK);
    fixture.fromCompute(split(ONE_ROW, IN_A_HEADER)[0]);
    relay.endClient(SUSPENDED);
    assertThat(error(fixture.toClient(), 7)).isEqualTo(SUSPENDED);
    assertThat(fixture.client.isOpen()).isFalse();
  }

  /** Where the first error begins. */
  private static int wholeFrames(byte[] bytes) {
    int at = 0;
    while (bytes[at] != 'E') {
      at += 1 + Unpooled.wrappedBuffer(bytes).getInt(at + 1);
    }
    return at;
  }

  @Test
  void aMessageThatDoesNotEndInTimeIsCutWithoutAnError() {
    fixture.fromClient(ASK);
    fixture.fromCompute(split(ONE_ROW, IN_A_BODY)[0]);
    relay.endClient(SUSPENDED);
    fixture.client.advanceTimeBy(RelayLimits.DEFAULTS.boundaryGrace().toMillis(),
        TimeUnit.MILLISECONDS);
    fixture.client.runScheduledPendingTasks();
    assertThat(fixture.toClient()).isEqualTo(split(ONE_ROW, IN_A_BODY)[0]);
    assertThat(fixture.client.isOpen()).isFalse();
  }

  @Test
  void endingAClientMidQueryLeavesTheComputeAndCancels() {
    fixture.fromClient(ASK);
    fixture.toCompute();
    relay.endClient(SUSPENDED);
    assertThat(error(fixture.toClient(), 0)).isEqualTo(SUSPENDED);
    assertThat(fixture.link.channel().isOpen()).isFalse();
    assertThat(fixture.link.cancels).hasSize(1);
    assertThat(fixture.link.cancels.getFirst().stillWanted().getAsBoolean()).isTrue();
  }

  @Test
  void aComputeLostInATransactionIsToldSo() {
    fixture.fromClient(ASK);
    fixture.fromCompute(oneRow(TransactionStatus.IN_TRANSACTION));
    fixture.toClient();
    fixture.link.channel().close();
    assertThat(error(fixture.toClient(), 0).sqlState()).isEqualTo("08006");
    assertThat(fixture.told).containsExactly("first byte", "compute closed mid-query");
    assertThat(fixture.client.isOpen()).isFalse();
  }

  @Test
  void aComputeLostAtRestIsToldSo() {
    fixture.link.channel().close();
    assertThat(error(fixture.toClient(), 0).sqlState()).isEqualTo("57P01");
    assertThat(fixture.told).containsExactly("compute closed");
  }

  @Test
  void theComputesLastErrorStandsAlone() {
    fixture.fromClient(ASK);
    byte[] last = answer(
        out -> BackendMessages.errorResponse(out, SUSPENDED.detail("by the administrator")));
    fixture.fromCompute(last);
    fixture.link.channel().close();
    assertThat(fixture.toClient()).isEqualTo(last);
  }

  @Test
  void aComputeLostInsideAMessageGetsNoErrorInjected() {
    fixture.fromClient(ASK);
    fixture.fromCompute(split(ONE_ROW, IN_A_BODY)[0]);
    fixture.link.channel().close();
    assertThat(fixture.toClient()).isEqualTo(split(ONE_ROW, IN_A_BODY)[0]);
    assertThat(fixture.client.isOpen()).isFalse();
  }

  @Test
  void aClientThatVanishesMidQueryHasItCancelled() {
    fixture.fromClient(ASK);
    fixture.client.close();
    assertThat(fixture.told).containsExactly("client closed mid-query");
    assertThat(fixture.link.cancels).hasSize(1);
    assertThat(fixture.link.channel().isOpen()).isFalse();
  }

  @Test
  void aClientThatVanishesAtRestIsTakenLeaveOf() {
    fixture.client.close();
    assertThat(fixture.toCompute()).isEqualTo(TERMINATE);
    assertThat(fixture.link.cancels).isEmpty();
    assertThat(fixture.told).containsExactly("client closed");
  }

  @Test
  void aCancelHoldsTheNextRequestUntilItCannotHitIt() {
    fixture.fromClient(ASK);
    CompletableFuture<Boolean> delivered = relay.aim().get().toCompletableFuture();
    fixture.run();
    fixture.toCompute();
    fixture.fromCompute(ONE_ROW);
    fixture.fromClient(ASK);
    assertThat(fixture.toCompute()).isEmpty();
    assertThat(relay.atRest()).isFalse();

    fixture.link.cancels.getFirst().deliver();
    fixture.run();
    assertThat(delivered).isCompletedWithValue(false);
    assertThat(fixture.toCompute()).isEqualTo(ASK);
  }

  @Test
  void aCancelReachesTheQueryThatWasInFlight() {
    fixture.fromClient(ASK);
    CompletableFuture<Boolean> delivered = relay.aim().get().toCompletableFuture();
    fixture.run();
    fixture.link.cancels.getFirst().deliver();
    fixture.run();
    assertThat(delivered).isCompletedWithValue(true);
  }

  @Test
  void aCancelOfAPipelineIsNotSentOnceTheQueryItWasMeantForIsAnswered() {
    fixture.fromClient(concat(ASK, ASK));
    var _ = relay.aim().get();
    fixture.run();
    fixture.fromCompute(ONE_ROW);
    assertThat(fixture.link.cancels.getFirst().stillWanted().getAsBoolean()).isFalse();
  }

  @Test
  void aCancelThatComesLateDoesNotHitTheQueryAfterTheOneThatItWasAimedAt() {
    fixture.fromClient(ASK);
    var aimed = relay.aim();
    fixture.fromCompute(ONE_ROW);
    fixture.fromClient(ASK);
    CompletableFuture<Boolean> delivered = aimed.get().toCompletableFuture();
    fixture.run();
    assertThat(delivered).isCompletedWithValue(false);
    assertThat(fixture.link.cancels).isEmpty();
  }

  @Test
  void aCancelAimedAtRestDoesNotHitTheQueryThatFollows() {
    var aimed = relay.aim();
    fixture.fromClient(ASK);
    CompletableFuture<Boolean> delivered = aimed.get().toCompletableFuture();
    fixture.run();
    assertThat(delivered).isCompletedWithValue(false);
    assertThat(fixture.link.cancels).isEmpty();
  }

  @Test
  void aCancelAtRestIsNotSentAtAll() {
    CompletableFuture<Boolean> delivered = relay.aim().get().toCompletableFuture();
    fixture.run();
    assertThat(delivered).isCompletedWithValue(false);
    assertThat(fixture.link.cancels).isEmpty();
  }

  @Test
  void aLengthThatIsNoneEndsTheSessionWithAProtocolViolation() {
    fixture.fromClient(new byte[]{'Q', 0, 0, 0, 3});
    assertThat(error(fixture.toClient(), 0).sqlState()).isEqualTo("08P01");
    assertThat(fixture.told).containsExactly("malformed");
    assertThat(fixture.client.isOpen()).isFalse();
    assertThat(fixture.link.channel().isOpen()).isFalse();
  }

  @Test
  void aListenerMayGiveItsOwnLastWords() {
    RelayFixture[] holder = new RelayFixture[1];
    RelayFixture own = new RelayFixture() {
      @Override
      public void computeClosed(boolean midQuery) {
        holder[0].relay.endClient(SUSPENDED);
      }
    };
    holder[0] = own;
    own.link.channel().close();
    assertThat(error(own.toClient(), 0)).isEqualTo(SUSPENDED);
  }

  private static byte[][] split(byte[] bytes, int at) {
    int cut = Math.min(at, bytes.length);
    return new byte[][]{Arrays.copyOf(bytes, cut), Arrays.copyOfRange(bytes, cut, bytes.length)};
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
