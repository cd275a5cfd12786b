package dev.reveille.proxy.session;

import dev.reveille.auth.BadSecretLimiter;
import dev.reveille.auth.ScramClient;
import dev.reveille.auth.Secret;
import dev.reveille.compute.EndReason;
import dev.reveille.compute.Login;
import dev.reveille.compute.WakeOutcome;
import dev.reveille.proxy.budget.Ledger;
import dev.reveille.proxy.cancel.CancelKeys;
import dev.reveille.proxy.connect.ConnectOutcome;
import dev.reveille.proxy.relay.RelayLimits;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.BackendMessages;
import dev.reveille.wire.FrontendMessages;
import dev.reveille.wire.ProtocolVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The driver on a channel without a socket, and on a clock that is put forward by hand. */
class DriverTest {
  private static final SessionSettings SETTINGS = new SessionSettings(Duration.ofSeconds(60),
      Duration.ofMillis(100), Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofMillis(10),
      Duration.ofMillis(500), true, 1_000, 64, 100);

  private final FakeDirectory directory = new FakeDirectory();
  private final FakeComputes computes = new FakeComputes();
  private final TestProxy.Heard heard = new TestProxy.Heard();
  private final List<Promise<ConnectOutcome>> connects = new ArrayList<>();
  private final BadSecretLimiter limiter = new BadSecretLimiter(
      new BadSecretLimiter.Settings(1, Duration.ofMinutes(1), 10, 10), () -> 0);
  private final EmbeddedChannel client = new EmbeddedChannel();
  private final Sessions sessions = new Sessions(new SessionRooms(directory, computes,
      (loop, endpoint, login, parameters, version, listener) -> {
        Promise<ConnectOutcome> promise = loop.newPromise();
        connects.add(promise);
        return promise;
      }, new CancelKeys(new Random(1), System::nanoTime),
      limiter, () -> Optional.of(Given.SHARED_KEY),
      SETTINGS, RelayLimits.DEFAULTS, heard, new Random(2), InstantSource.fixed(Given.NOW),
      System::nanoTime, Ledger.alone(InstantSource.fixed(Given.NOW))));

  DriverTest() {
    directory.put(Given.credential("a_agent"));
    directory.routes.put("shop", Given.route("shop"));
    client.freezeTime();
    sessions.arrived(client, false, Optional.empty());
  }

  @AfterEach
  void nothingIsLeft() {
    client.close();
    client.runPendingTasks();
    assertThat(sessions.count()).isZero();
    assertThat(sessions.held()).isZero();
    assertThat(computes.attached).isEmpty();
    assertThat(heard.closed).hasSize(1);
    client.finishAndReleaseAll();
  }

  private List<BackendMessage> received() {
    var all = Unpooled.buffer();
    for (ByteBuf part = client.readOutbound(); part != null; part = client.readOutbound()) {
      all.writeBytes(part);
      part.release();
    }
    var messages = new ArrayList<BackendMessage>();
    while (all.isReadable()) {
      var type = all.readByte();
      messages.add(BackendMessages.decode(type, all.readSlice(all.readInt() - 4)));
    }
    return messages;
  }

  private void startUp() {
    startUp("a_agent");
  }

  private void startUp(String user) {
    var packet = Unpooled.buffer();
    FrontendMessages.startup(packet, ProtocolVersion.V3_0,
        Map.of("user", user, "database", "shop"));
    // One byte at a time: nothing is read before it is whole.
    while (packet.isReadable()) {
      client.writeInbound(packet.readBytes(1));
    }
    packet.release();
  }

  private void prove() {
    claim("a_agent", Given.SECRET);
    assertThat(received()).hasExactlyElementsOfTypes(
        BackendMessage.AuthenticationSaslFinal.class, BackendMessage.AuthenticationOk.class);
  }

  private void claim(String user, Secret secret) {
    startUp(user);
    assertThat(received()).hasSize(1);
    var scram = new ScramClient(secret, new Random(3));
    var first = Unpooled.buffer();
    FrontendMessages.saslInitialResponse(first, scram.mechanism(), scram.clientFirst());
    client.writeInbound(first);
    var challenge = (BackendMessage.AuthenticationSaslContinue) received().getFirst();
    var last = Unpooled.buffer();
    FrontendMessages.saslResponse(last, scram.clientFinal(challenge.data()));
    client.writeInbound(last);
    client.runPendingTasks();
  }

  private void pass(Duration time) {
    client.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    client.runScheduledPendingTasks();
    client.runPendingTasks();
  }

  private void woken(int wake, boolean cold, long epoch) {
    computes.wakes.get(wake).answer.complete(
        new WakeOutcome.Ready(TestProxyEndpoint.of(epoch), cold));
    client.runPendingTasks();
  }

  private void refused(int connect, ConnectOutcome outcome) {
    connects.get(connect).setSuccess(outcome);
    client.runPendingTasks();
  }

  @Test
  void the_login_timeout_counts_from_the_connection_and_is_silent_before_a_word() {
    client.writeInbound(Unpooled.buffer().writeByte(0));
    pass(Duration.ofSeconds(59));
    assertThat(client.isActive()).isTrue();

    pass(Duration.ofSeconds(1));

    assertThat(client.isActive()).isFalse();
    assertThat(received()).isEmpty();
    assertThat(heard.refused).isEmpty();
  }

  @Test
  void the_login_timeout_ends_with_the_proof_and_the_deadline_begins() {
    pass(Duration.ofSeconds(50));
    prove();
    pass(Duration.ofSeconds(59));
    assertThat(received()).hasExactlyElementsOfTypes(BackendMessage.NoticeResponse.class);

    pass(Duration.ofSeconds(1));

    assertThat(received()).singleElement()
        .isInstanceOfSatisfying(BackendMessage.ErrorResponse.class,
            error -> assertThat(error.fields().sqlState()).isEqualTo("57P03"));
    assertThat(computes.wakes).singleElement().matches(wake -> wake.abandoned);
  }

  @ParameterizedTest
  @CsvSource({"a_agent, wk_wrong, true, 28P01", "a_nobod, wk_wrong, true, 28P01",
      "a_nobod, wk_correct, true, 28P01", "a_agent, wk_wrong, false, 57P03",
      "a_nobod, wk_wrong, false, 57P03", "a_agent, wk_correct, false, 57P03"})
  void a_login_that_fails_is_answered_at_its_time_and_not_before(String user, String secret,
      boolean reachable, String sqlState) {
    directory.reachable = reachable;
    claim(user, Secret.ofText(secret));
    pass(Duration.ofMillis(99));
    assertThat(received()).isEmpty();

    pass(Duration.ofMillis(1));

    assertThat(received()).singleElement()
        .isInstanceOfSatisfying(BackendMessage.ErrorResponse.class,
            error -> assertThat(error.fields().sqlState()).isEqualTo(sqlState));
    assertThat(computes.wakes).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"wk_correct, true", "wk_wrong, false"})
  void a_look_up_that_takes_long_holds_up_a_refusal_to_the_next_step_and_a_proof_no_longer_than_it_must(
      String secret, boolean right) {
    directory.slow = new CompletableFuture<>();
    claim("a_agent", Secret.ofText(secret));
    pass(Duration.ofMillis(100));
    pass(Duration.ofMillis(100));
    pass(Duration.ofMillis(30));
    assertThat(received()).isEmpty();

    directory.slow.complete(null);
    client.runPendingTasks();
    assertThat(received().isEmpty()).isNotEqualTo(right);
    pass(Duration.ofMillis(69));
    assertThat(received()).isEmpty();

    pass(Duration.ofMillis(1));
    assertThat(received().isEmpty()).isEqualTo(right);
  }

  @Test
  void what_follows_a_proof_does_not_bring_its_verdict_forward() {
    claim("a_nobod", Given.SECRET);
    var query = Unpooled.buffer();
    FrontendMessages.query(query, "select 1");
    client.writeInbound(query);
    pass(Duration.ofMillis(99));
    assertThat(received()).isEmpty();

    pass(Duration.ofMillis(1));

    assertThat(received()).singleElement().isInstanceOf(BackendMessage.ErrorResponse.class);
  }

  @ParameterizedTest
  @CsvSource({"a_agent", "a_nobod"})
  void who_goes_away_before_the_verdict_has_used_up_a_guess(String user) {
    directory.slow = new CompletableFuture<>();
    claim(user, Secret.ofText("wk_wrong"));
    client.close();
    client.runPendingTasks();

    assertThat(limiter.retryAfter(InetAddress.getLoopbackAddress(), user)).isPositive();
  }

  @Test
  void an_answer_after_the_end_changes_nothing() {
    prove();
    client.close();
    client.runPendingTasks();

    woken(0, true, 1);

    assertThat(connects).isEmpty();
    assertThat(heard.closed).containsExactly(CloseReason.CLIENT_LOST);
  }

  @Test
  void an_order_for_an_attachment_that_was_left_is_not_heard() {
    prove();
    woken(0, false, 1);
    var old = computes.attached.getFirst();
    refused(0, new ConnectOutcome.Unreachable("gone"));
    assertThat(computes.forgotten).hasSize(1);
    woken(1, true, 2);
    assertThat(connects).hasSize(2);

    old.end(EndReason.DROPPED);
    client.runPendingTasks();

    assertThat(client.isActive()).isTrue();
    assertThat(old.hold().toCompletableFuture()).isCompletedWithValue(true);
    assertThat(computes.attached.getFirst().hold().toCompletableFuture())
        .isCompletedWithValue(false);
  }

  @Test
  void a_role_that_cannot_be_prepared_is_tried_again_until_the_deadline() {
    computes.logins = () -> CompletableFuture.failedFuture(new IllegalStateException("no"));
    prove();
    woken(0, true, 1);
    pass(Duration.ofMillis(100));
    computes.logins = () -> CompletableFuture.completedFuture(Login.trusted("a", "b"));
    assertThat(connects).isEmpty();

    pass(Duration.ofMillis(500));

    assertThat(connects).hasSize(1);
  }

  @Test
  void an_attempt_to_connect_is_cancelled_when_the_client_leaves() {
    prove();
    woken(0, false, 1);

    client.close();
    client.runPendingTasks();

    assertThat(connects).singleElement().matches(Promise::isCancelled);
  }

  @Test
  void a_client_that_sends_too_much_ahead_is_not_read_any_more() {
    prove();
    client.writeInbound(Unpooled.buffer().writeZero(900));
    assertThat(client.config().isAutoRead()).isTrue();

    client.writeInbound(Unpooled.buffer().writeZero(200));

    assertThat(client.config().isAutoRead()).isFalse();
  }

  @Test
  void a_message_of_the_wrong_kind_during_the_proof_is_refused() {
    startUp();
    received();
    var query = Unpooled.buffer();
    FrontendMessages.query(query, "select 1");
    client.writeInbound(query);

    assertThat(received()).singleElement()
        .isInstanceOfSatisfying(BackendMessage.ErrorResponse.class,
            error -> assertThat(error.fields().sqlState()).isEqualTo("08P01"));
    assertThat(computes.wakes).isEmpty();
  }

  @Test
  void a_length_that_cannot_be_is_refused_before_it_is_read() {
    startUp();
    received();
    client.writeInbound(Unpooled.buffer().writeByte('p').writeInt(1 << 30));

    assertThat(received()).singleElement().isInstanceOf(BackendMessage.ErrorResponse.class);
  }
}
