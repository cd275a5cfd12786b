package dev.reveille.proxy.session;

import dev.reveille.compute.EndReason;
import dev.reveille.compute.WakeOutcome;
import dev.reveille.proxy.connect.ConnectOutcome;
import dev.reveille.proxy.session.SessionAction.Close;
import dev.reveille.proxy.session.SessionAction.LookUpCredential;
import dev.reveille.proxy.session.SessionAction.LookUpRoute;
import dev.reveille.proxy.session.SessionAction.Send;
import dev.reveille.proxy.session.SessionAction.StartTimer;
import dev.reveille.proxy.session.SessionAction.TakeSeat;
import dev.reveille.proxy.session.SessionAction.Wake;
import dev.reveille.proxy.session.SessionState.Closed;
import dev.reveille.proxy.session.SessionState.Connecting;
import dev.reveille.proxy.session.SessionState.Greeting;
import dev.reveille.proxy.session.SessionState.Opening;
import dev.reveille.proxy.session.SessionState.Pausing;
import dev.reveille.proxy.session.SessionState.Waking;
import dev.reveille.wire.BackendMessage.NoticeResponse;
import dev.reveille.wire.InitialPacket.StartupMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The rules of the machine, step by step. */
class SessionMachineTest {
  private static final SessionMachine MACHINE = new SessionMachine(Samples.SETTINGS);

  @Test
  void every_event_is_answered_in_every_state_and_nothing_leads_out_of_the_end() {
    Samples.states().forEach((name, state) -> Samples.events().forEach((cause, event) -> {
      var next = MACHINE.step(state, event).next();
      if (state instanceof Closed) {
        assertThat(next).as("%s on %s", name, cause).isEqualTo(state);
      }
    }));
  }

  @Test
  void whoever_ends_gives_back_exactly_what_its_state_holds() {
    Samples.states().forEach((name, state) -> Samples.events().forEach((cause, event) -> {
      var transition = MACHINE.step(state, event);
      if (transition.next() instanceof Closed && !(state instanceof Closed)) {
        assertThat(Outcomes.kinds(transition.actions())).as("%s on %s", name, cause)
            .contains(Close.class)
            .containsAll(Outcomes.kinds(Ending.releases(state)));
        assertThat(transition.actions()).filteredOn(Close.class::isInstance).hasSize(1);
      }
    }));
  }

  @Test
  void nothing_but_a_given_proof_leads_to_a_route_a_seat_or_a_wake() {
    var early = Set.of("Arriving", "Opening", "Opening (TLS)", "Securing", "Securing (direct)",
        "Proving", "Proving (challenged)", "Identifying", "Judging", "Judging (nobody)", "Failing");
    Samples.states().forEach((name, state) -> Samples.events().forEach((cause, event) -> {
      if (early.contains(name)
          && !(name.equals("Judging") && Set.of("ProofGiven", "ProofAccepted").contains(cause))) {
        assertThat(Outcomes.kinds(MACHINE.step(state, event).actions())).as("%s on %s", name, cause)
            .doesNotContain(LookUpRoute.class, TakeSeat.class, Wake.class);
      }
    }));
  }

  @ParameterizedTest
  @CsvSource({"replication, true, 0A000", "replication, maybe, 22023", "options, -x, 0A000",
      "options, -c nothing, 42601"})
  void parameters_that_cannot_be_met_are_refused(String key, String value, String sqlState) {
    assertThat(Outcomes.refusal(startup(Map.of("user", "a_agent", key, value))).sqlState())
        .isEqualTo(sqlState);
  }

  private static Transition startup(Map<String, String> parameters) {
    StartupMessage message = Samples.startup(parameters);
    return MACHINE.step(new Opening(new Greeting(true, false, true, false, true)),
        new SessionEvent.PacketRead(message, 0));
  }

  @Test
  void plaintext_is_refused_before_anything_is_looked_up() {
    var refused = MACHINE.step(new Opening(Greeting.fresh(true, false)),
        new SessionEvent.PacketRead(Samples.STARTUP, 0));

    assertThat(Outcomes.refusal(refused)).isEqualTo(SessionFailure.Fixed.PLAINTEXT_REFUSED);
    assertThat(Outcomes.kinds(refused.actions())).doesNotContain(LookUpCredential.class);
  }

  @Test
  void a_crowded_proxy_says_so() {
    var refused = MACHINE.step(new Opening(new Greeting(true, true, true, false, true)),
        new SessionEvent.PacketRead(Samples.STARTUP, 0));

    assertThat(Outcomes.refusal(refused).sqlState()).isEqualTo("53300");
    assertThat(Outcomes.refusal(refused).detail()).hasValueSatisfying(
        detail -> assertThat(detail).contains("" + Samples.SETTINGS.maxSessions()));
  }

  @Test
  void a_cancel_request_is_aimed_before_and_answered_by_closing() {
    var packet = Samples.event("PacketRead CancelRequest");

    var transition = MACHINE.step(new Opening(Greeting.fresh(true, false)), packet);

    assertThat(transition.actions()).hasExactlyElementsOfTypes(SessionAction.Cancel.class,
        Close.class);
    assertThat(((Close) transition.actions().getLast()).lastWords()).isEmpty();
  }

  @Test
  void admission_is_checked_again_after_a_wake() {
    var woken = MACHINE.step(new Waking(Samples.ERRAND), new SessionEvent.Woken(7,
        new WakeOutcome.Ready(Samples.CACHED.endpoint(), true)));
    assertThat(woken.actions()).contains(new LookUpCredential("a_agent"));

    var refused = MACHINE.step(woken.next(), new SessionEvent.CredentialFound(
        Optional.of(Given.revoked(Samples.CREDENTIAL)), Given.NOW));

    assertThat(Outcomes.refusal(refused)).isEqualTo(new SessionFailure.Revoked("a_agent"));
    assertThat(Outcomes.kinds(refused.actions())).contains(SessionAction.Detach.class,
        SessionAction.LeaveSeat.class);
  }

  @Test
  void a_cached_address_that_fails_is_forgotten_and_asked_for_again() {
    var again = MACHINE.step(new Connecting(Samples.ERRAND, Samples.CACHED, Samples.NO_TRIES),
        Samples.connected(7, new ConnectOutcome.Unreachable("gone")));

    assertThat(again.next()).isInstanceOf(Waking.class);
    assertThat(again.actions()).contains(
        new SessionAction.Forget(Samples.CACHED.endpoint()),
        new Wake(8, Given.route("shop"), Samples.CREDENTIAL));
    assertThat(Outcomes.kinds(again.actions())).doesNotContain(SessionAction.LeaveSeat.class);
  }

  @Test
  void a_fresh_address_is_tried_again_with_growing_pauses_before_it_is_doubted() {
    SessionState state = new Connecting(Samples.ERRAND, Samples.FRESH, Samples.NO_TRIES);
    var pauses = new java.util.ArrayList<Duration>();
    var attempt = 7;
    while (state instanceof Connecting(var errand, var target, var tries)) {
      attempt = errand.attempt();
      var step = MACHINE.step(state,
          Samples.connected(attempt, new ConnectOutcome.Unreachable("not yet")));
      if (step.next() instanceof Pausing(var paused, _, var after)) {
        pauses.add(after.pause());
        state = new Connecting(paused, target, after);
      } else {
        state = step.next();
      }
    }

    assertThat(pauses).hasSize(AttachSteps.PATIENCE - 1).isSorted();
    assertThat(state).isInstanceOf(Waking.class);
  }

  @Test
  void a_full_compute_is_asked_again_and_its_words_are_passed_on_at_the_deadline() {
    var full = Samples.error("53300");
    var paused = MACHINE.step(
        new Connecting(Samples.ERRAND, Samples.CACHED, Samples.NO_TRIES),
        Samples.connected(7, new ConnectOutcome.Refused(full)));
    assertThat(paused.next()).isInstanceOf(Pausing.class);

    var over = MACHINE.step(paused.next(), new SessionEvent.TimerFired(Timer.DEADLINE));

    assertThat(Outcomes.refusal(over).fields()).isEqualTo(full);
  }

  @Test
  void who_waits_longer_than_a_second_is_told_why() {
    for (var name : List.of("Waking", "Queueing", "Preparing", "Connecting", "Pausing")) {
      var told = MACHINE.step(Samples.state(name),
          new SessionEvent.TimerFired(Timer.NOTICE));

      assertThat(told.actions()).as(name)
          .singleElement()
          .isInstanceOfSatisfying(Send.class, send -> {
            assertThat(send.message()).isInstanceOf(NoticeResponse.class);
            assertThat(send.flush()).isTrue();
          });
    }
  }

  @ParameterizedTest
  @CsvSource({"Routing, 57P03", "Waking, 57P03", "Readmitting, 57P03", "Queueing, 53300",
      "Preparing, 57P03", "Connecting, 57P03", "Pausing, 57P03"})
  void the_deadline_ends_every_wait(String name, String sqlState) {
    var over = MACHINE.step(Samples.state(name),
        new SessionEvent.TimerFired(Timer.DEADLINE));

    assertThat(Outcomes.refusal(over).sqlState()).isEqualTo(sqlState);
  }

  @Test
  void who_comes_to_a_compute_that_is_being_suspended_wakes_it_again() {
    for (var name : List.of("Readmitting", "Queueing", "Preparing", "Connecting", "Pausing")) {
      var state = Samples.state(name);

      assertThat(MACHINE.step(state, new SessionEvent.EndAsked(EndReason.SUSPENDED)).next())
          .as(name)
          .isInstanceOf(Waking.class);
      assertThat(MACHINE.step(state, new SessionEvent.EndAsked(EndReason.COMPUTE_LOST)).next())
          .as(name)
          .isInstanceOf(Waking.class);
    }
  }

  @Test
  void a_connection_that_comes_too_late_is_closed() {
    var late = Samples.event("Connected Ready late");
    Samples.states()
        .forEach((name, state) -> assertThat(MACHINE.step(state, late).actions())
            .as(name)
            .containsExactly(new SessionAction.Discard(Samples.LINK)));
  }

  @Test
  void a_live_session_ends_when_its_credential_expires() {
    var until = Given.validity(Samples.CREDENTIAL, Given.NOW.minusSeconds(9),
        Given.NOW.plusSeconds(30));
    var proven = new SessionState.Proven(Samples.CALLER, until, Given.NOW);
    var connecting = new Connecting(
        new SessionState.Errand(proven, Given.route("shop"), 7, false), Samples.CACHED,
        Samples.NO_TRIES);

    var relaying = MACHINE.step(connecting, Samples.event("Connected Ready"));
    assertThat(relaying.actions())
        .contains(new StartTimer(Timer.EXPIRY, Duration.ofSeconds(30)));
    var looking = MACHINE.step(relaying.next(), new SessionEvent.TimerFired(Timer.EXPIRY));
    assertThat(looking.actions()).containsExactly(new LookUpCredential("a_agent"));

    var ended = MACHINE.step(looking.next(), new SessionEvent.CredentialFound(
        Optional.of(until), Given.NOW.plusSeconds(30)));
    var prolonged = MACHINE.step(looking.next(), new SessionEvent.CredentialFound(
        Optional.of(Given.validity(until, until.notBefore(), Given.NOW.plusSeconds(60))),
        Given.NOW.plusSeconds(30)));
    var unreachable = MACHINE.step(looking.next(),
        new SessionEvent.LookupFailed(Given.NOW.plusSeconds(30)));

    assertThat(ended.next()).isEqualTo(new Closed(CloseReason.EXPIRED));
    assertThat(unreachable.next()).isEqualTo(new Closed(CloseReason.EXPIRED));
    assertThat(prolonged.next()).isInstanceOf(SessionState.Relaying.class);
    assertThat(prolonged.actions())
        .containsExactly(new StartTimer(Timer.EXPIRY, Duration.ofSeconds(30)));
  }
}
