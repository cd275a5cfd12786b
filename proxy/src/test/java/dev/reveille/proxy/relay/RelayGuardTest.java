package dev.reveille.proxy.relay;

import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.FrameTypes;
import dev.reveille.wire.Severity;
import dev.reveille.wire.TransactionStatus;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.reveille.proxy.relay.Messages.SYNC;
import static dev.reveille.proxy.relay.Messages.functionCall;
import static dev.reveille.proxy.relay.Messages.parse;
import static dev.reveille.proxy.relay.Messages.query;
import static dev.reveille.proxy.relay.RelayFixture.answer;
import static dev.reveille.proxy.relay.RelayFixture.error;
import static dev.reveille.proxy.relay.RelayFixture.oneRow;
import static org.assertj.core.api.Assertions.assertThat;

/** What a scope lets pass, frame by frame, however the frames are cut. */
class RelayGuardTest {
  private static final byte[] ASK = query("select 'a value'");
  private static final byte[] ONE_ROW = oneRow(TransactionStatus.IDLE);

  private static ErrorFields ended(RelayFixture fixture, int prefix) {
    byte[] all = fixture.toClient();
    assertThat(fixture.client.isOpen()).isFalse();
    assertThat(fixture.link.channel().isOpen()).isFalse();
    return error(all, prefix);
  }

  @Test
  void aFunctionCallIsNotForwardedHoweverItIsCut() {
    byte[] call = functionCall(2200);
    for (int cut = 0; cut < 5; cut++) {
      RelayFixture fixture = new RelayFixture(TestScopes.statementsOnly(), TestScopes.PLENTY);
      fixture.fromClient(Arrays.copyOf(call, cut));
      fixture.fromClient(Arrays.copyOfRange(call, cut, call.length));

      ErrorFields error = ended(fixture, 0);
      assertThat(error.sqlState()).isEqualTo("42501");
      assertThat(error.detail()).contains("The credential does not allow function_call.");
      assertThat(fixture.toCompute()).as("cut at %d", cut).isEqualTo(Messages.TERMINATE);
      assertThat(fixture.told).containsExactly("breached MESSAGE_KIND");
    }
  }

  @Test
  void aFunctionCallPassesWhereItIsAllowed() {
    RelayFixture fixture = new RelayFixture();
    fixture.fromClient(functionCall(2200));
    assertThat(fixture.toCompute()).isEqualTo(functionCall(2200));
  }

  @ParameterizedTest
  @CsvSource({"G, copy_in", "W, copy_in", "H, copy_out", "A, listen"})
  void whatTheComputeMayNotSayIsCutBeforeItBegins(char type, String allowance) {
    byte[] notice = answer(out -> BackendMessages.noticeResponse(out,
        ErrorFields.of(Severity.NOTICE, "00000", "before")));
    byte[] refused = Messages.frame((byte) type, Unpooled.buffer().writeZero(3));
    byte[] stream = concat(notice, refused, ONE_ROW);
    for (int cut = 0; cut < notice.length + 5; cut++) {
      RelayFixture fixture = new RelayFixture(TestScopes.statementsOnly(), TestScopes.PLENTY);
      fixture.fromClient(ASK);
      fixture.fromCompute(Arrays.copyOf(stream, cut));
      fixture.fromCompute(Arrays.copyOfRange(stream, cut, stream.length));

      ErrorFields error = ended(fixture, notice.length);
      assertThat(error.sqlState()).isEqualTo("42501");
      assertThat(error.detail()).contains("The credential does not allow " + allowance + ".");
      assertThat(fixture.link.cancels).as("cut at %d", cut).hasSize(1);

      RelayFixture allowed = new RelayFixture();
      allowed.fromClient(ASK);
      allowed.fromCompute(Arrays.copyOf(stream, cut));
      allowed.fromCompute(Arrays.copyOfRange(stream, cut, stream.length));
      assertThat(allowed.toClient()).isEqualTo(stream);
    }
  }

  @Test
  void aMessageThatIsTooLongIsRefusedByItsHeaderAlone() {
    RelayFixture fixture = new RelayFixture(TestScopes.frameBytes(100), TestScopes.PLENTY);
    byte[] most = query("x".repeat(95));
    fixture.fromClient(most);
    assertThat(fixture.toCompute()).isEqualTo(most);
    fixture.fromCompute(ONE_ROW);
    fixture.toClient();

    fixture.fromClient(new byte[]{'Q', 0, 0, 0, 101});

    ErrorFields error = ended(fixture, 0);
    assertThat(error.sqlState()).isEqualTo("54000");
    assertThat(error.detail()).contains("The limit is frame_bytes = 100.");
    assertThat(fixture.toCompute()).isEmpty();
  }

  @Test
  void bytesOutStopBeforeTheFrameThatWouldPassTheBudget() {
    RelayFixture fixture = new RelayFixture(TestScopes.bytesOut(ONE_ROW.length * 2L + 4),
        TestScopes.PLENTY);
    for (int i = 0; i < 2; i++) {
      fixture.fromClient(ASK);
      fixture.fromCompute(ONE_ROW);
    }
    assertThat(fixture.toClient()).isEqualTo(concat(ONE_ROW, ONE_ROW));

    fixture.fromClient(ASK);
    fixture.fromCompute(ONE_ROW);

    ErrorFields error = ended(fixture, 0);
    assertThat(error.sqlState()).isEqualTo("53400");
    assertThat(error.detail())
        .contains("The limit is bytes_out_per_session = " + (ONE_ROW.length * 2L + 4) + ".");
  }

  @Test
  void aHugeRowCostsNothingAndIsNotBegun() {
    TestScopes.Shared day = new TestScopes.Shared(10_000_000);
    RelayFixture fixture = new RelayFixture(TestScopes.bytesOut(10_000_000), day);
    fixture.fromClient(ASK);
    fixture.fromCompute(answer(out -> out.writeByte(FrameTypes.DATA_ROW).writeInt(300_000_000)));

    assertThat(ended(fixture, 0).sqlState()).isEqualTo("53400");
    assertThat(day.left).hasValue(10_000_000);
    assertThat(fixture.link.cancels).hasSize(1);
  }

  @Test
  void sessionsShareABudgetToTheByteAndGiveBackWhatTheyTookAhead() {
    TestScopes.Shared day = new TestScopes.Shared(ONE_ROW.length * 3L);
    RelayFixture one = new RelayFixture(TestScopes.WIDE, day);
    RelayFixture other = new RelayFixture(TestScopes.WIDE, day);
    for (RelayFixture fixture : new RelayFixture[]{one, other, one}) {
      fixture.fromClient(ASK);
      fixture.fromCompute(ONE_ROW);
      assertThat(fixture.toClient()).isEqualTo(ONE_ROW);
    }
    other.fromClient(ASK);
    other.fromCompute(ONE_ROW);
    assertThat(ended(other, 0).detail()).contains("The limit is bytes_out_per_day.");

    TestScopes.Shared large = new TestScopes.Shared(10 * Guard.AHEAD);
    RelayFixture third = new RelayFixture(TestScopes.WIDE, large);
    third.fromClient(ASK);
    third.fromCompute(ONE_ROW);
    assertThat(large.left).hasValue(9 * Guard.AHEAD);
    third.client.close();
    assertThat(large.left).hasValue(10 * Guard.AHEAD - ONE_ROW.length);
  }

  @Test
  void aScopeIsNarrowedUnderALiveSession() {
    RelayFixture fixture = new RelayFixture();
    fixture.fromClient(ASK);
    fixture.fromCompute(ONE_ROW);
    fixture.toClient();

    fixture.relay.restrict(TestScopes.bytesOut(ONE_ROW.length), TestScopes.PLENTY);
    fixture.fromClient(ASK);
    fixture.fromCompute(ONE_ROW);

    assertThat(ended(fixture, 0).sqlState()).isEqualTo("53400");
  }

  private static RelayFixture timed() {
    RelayFixture fixture = new RelayFixture(
        TestScopes.times(Duration.ofSeconds(10), Duration.ofSeconds(60)), TestScopes.PLENTY);
    fixture.client.freezeTime();
    return fixture;
  }

  private static void pass(RelayFixture fixture, int seconds) {
    for (int i = 0; i < seconds; i++) {
      fixture.client.advanceTimeBy(1, TimeUnit.SECONDS);
      fixture.client.runScheduledPendingTasks();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"header", "query", "no sync", "no reader"})
  void aRequestHasItsTimeFromItsFirstByteOn(String how) {
    RelayFixture fixture = timed();
    pass(fixture, 5);
    switch (how) {
      case "header" -> fixture.fromClient(new byte[]{'Q'});
      case "query" -> fixture.fromClient(ASK);
      case "no sync" -> fixture.fromClient(parse("select 1"));
      default -> {
        fixture.fromClient(ASK);
        fixture.fromCompute(Arrays.copyOf(ONE_ROW, 20));
        fixture.toClient();
      }
    }
    pass(fixture, 9);
    if (how.equals("no sync")) {
      fixture.fromClient(parse("select 2"));
    }
    assertThat(fixture.client.isOpen()).as("after 9 s").isTrue();
    pass(fixture, 2);
    assertThat(fixture.told).contains("breached REQUEST_TIME");
    pass(fixture, 2); // the grace for a message that is half sent
    assertThat(fixture.client.isOpen()).isFalse();
  }

  @Test
  void theClockOfThePipelinedRequestStartsWithTheAnswerBeforeIt() {
    RelayFixture fixture = timed();
    fixture.fromClient(concat(ASK, ASK, parse("select 1"), SYNC));
    for (int i = 0; i < 2; i++) {
      pass(fixture, 8);
      fixture.fromCompute(ONE_ROW);
    }
    pass(fixture, 8);
    assertThat(fixture.told).containsExactly("first byte");
    pass(fixture, 3);

    ErrorFields error = ended(fixture, ONE_ROW.length * 2);
    assertThat(error.sqlState()).isEqualTo("57014");
    assertThat(error.detail()).contains("The limit is request_time = 10 s.");
  }

  @ParameterizedTest
  @CsvSource({"IDLE, 57P05", "IN_TRANSACTION, 25P03", "FAILED, 25P03"})
  void whoAsksForNothingIsSentAway(TransactionStatus status, String sqlState) {
    RelayFixture fixture = timed();
    fixture.fromClient(ASK);
    byte[] answer = oneRow(status);
    fixture.fromCompute(answer);
    pass(fixture, 50);
    fixture.fromClient(ASK);
    fixture.fromCompute(answer);
    pass(fixture, 58);
    assertThat(fixture.client.isOpen()).isTrue();
    pass(fixture, 3);

    ErrorFields error = ended(fixture, answer.length * 2);
    assertThat(error.sqlState()).isEqualTo(sqlState);
    assertThat(error.detail()).contains("The limit is idle_time = 60 s.");
  }

  @Test
  void whatAwaitsACommitIsNotToldOfItAfterTheEnd() {
    byte[] commit = answer(out -> BackendMessages.commandComplete(out, "COMMIT"));
    RelayFixture fixture = new RelayFixture();
    fixture.fromClient(query("commit"));
    fixture.fromCompute(Arrays.copyOf(commit, 8));
    fixture.relay.cutClient(ErrorFields.of(Severity.FATAL, "57P01", "revoked"));

    assertThat(fixture.toClient()).hasSizeLessThan(commit.length);
    assertThat(fixture.client.isOpen()).isFalse();
  }

  private static byte[] concat(byte[]... parts) {
    return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(parts));
  }
}
