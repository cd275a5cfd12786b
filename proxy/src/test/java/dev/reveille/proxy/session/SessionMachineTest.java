package dev.reveille.proxy.session;

import dev.reveille.auth.ScramRefusal;
import dev.reveille.cell.Credential;
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
import dev.reveille.proxy.session.SessionState.Identifying;
import dev.reveille.proxy.session.SessionState.Judging;
import dev.reveille.proxy.session.SessionState.Opening;
import dev.reveille.proxy.session.SessionState.Pausing;
import dev.reveille.proxy.session.SessionState.Proving;
import dev.reveille.proxy.session.SessionState.Routing;
import dev.reveille.proxy.session.SessionState.Waking;
import dev.reveille.wire.BackendMessage.AuthenticationOk;
import dev.reveille.wire.BackendMessage.AuthenticationSaslFinal;
import dev.reveille.wire.BackendMessage.NoticeResponse;
import dev.reveille.wire.InitialPacket.StartupMessage;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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
        assertThat(kinds(transition.actions())).as("%s on %s", name, cause)
            .contains(Close.class)
            .containsAll(kinds(Ending.releases(state)));
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
        assertThat(kinds(MACHINE.step(state, event).actions())).as("%s on %s", name, cause)
            .doesNotContain(LookUpRoute.class, TakeSeat.class, Wake.class);
      }
    }));
  }

  private static Set<Class<?>> kinds(List<? extends SessionAction> actions) {
    return actions.stream().map(Object::getClass).collect(Collectors.toCollection(HashSet::new));
  }

  private static SessionFailure refusal(Transition transition) {
    if (transition.next() instanceof SessionState.Failing failing) {
      return refusal(MACHINE.step(failing, new SessionEvent.TimerFired(Timer.REFUSAL)));
    }
    assertThat(transition.next()).isEqualTo(new Closed(CloseReason.REFUSED));
    return transition.actions()
        .stream()
        .filter(Close.class::isInstance)
        .flatMap(close -> ((Close) close).lastWords().stream())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void nothing_is_looked_up_before_the_proof_is_given() {
    for (var name : List.of("Opening (TLS)", "Proving")) {
      Samples.events().forEach((cause, event) -> {
        if (!cause.equals("ProofShown")) {
          assertThat(kinds(MACHINE.step(Samples.state(name), event).actions()))
              .as("%s on %s", name, cause)
              .doesNotContain(LookUpCredential.class);
        }
      });
    }
    var claimed = MACHINE.step(new Proving(Samples.CALLER, true), new SessionEvent.ProofClaimed());

    assertThat(claimed.next()).isEqualTo(new Identifying(Samples.CALLER));
    assertThat(claimed.actions()).contains(new LookUpCredential("a_agent"));
  }

  @Test
  void a_listener_for_tokens_or_certificates_goes_without_tls_for_nobody() {
    var settings = SessionSettings.DEFAULTS;
    var lenient = new SessionMachine(new SessionSettings(settings.loginTimeout(),
        settings.refusalStep(), settings.wakeDeadline(), settings.slowNotice(),
        settings.retryFirst(), settings.retryMost(), true, settings.waitingBytes(),
        settings.unproven(),
        settings.maxSessions()));
    var startup = Samples.event("PacketRead StartupMessage");

    assertThat(refusal(lenient.step(new Opening(Greeting.fresh(true, false, true)), startup)))
        .isEqualTo(SessionFailure.Fixed.PLAINTEXT_REFUSED);
    assertThat(lenient.step(new Opening(Greeting.fresh(true, false, false)), startup).next())
        .isInstanceOf(Proving.class);
    assertThat(lenient.step(
        new Opening(Greeting.fresh(true, false, true).askedForTls().underTls()), startup).next())
        .isInstanceOf(Proving.class);
  }

  @Test
  void a_token_or_certificate_proves_without_a_last_message_of_sasl() {
    var accepted = MACHINE.step(Samples.state("Judging"), Samples.event("ProofAccepted"));
    assertThat(accepted.next()).isInstanceOf(Routing.class);
    assertThat(accepted.actions()).doesNotHaveAnyElementsOfTypes(SessionAction.Answer.class)
        .filteredOn(Send.class::isInstance)
        .containsExactly(new Send(new AuthenticationOk(), true));
    assertThat(refusal(MACHINE.step(Samples.state("Judging (nobody)"),
        Samples.event("ProofAccepted")))).isEqualTo(new SessionFailure.Unproven("a_agent"));
  }

  @Test
  void an_unknown_name_is_taken_through_an_exchange_like_any_other() {
    var known = MACHINE.step(new Identifying(Samples.CALLER),
        new SessionEvent.CredentialFound(Optional.of(Samples.CREDENTIAL), Given.NOW));
    var unknown = MACHINE.step(new Identifying(Samples.CALLER),
        new SessionEvent.CredentialFound(Optional.empty(), Given.NOW));

    assertThat(kinds(unknown.actions())).isEqualTo(kinds(known.actions()));
    assertThat(unknown.next()).isInstanceOf(Judging.class);
  }

  @Test
  void a_proof_for_nobody_is_no_proof() {
    var nobody = new Judging(Samples.CALLER, Optional.empty());

    var refused = MACHINE.step(nobody, new SessionEvent.ProofGiven(new byte[0], Given.NOW));

    assertThat(refusal(refused)).isEqualTo(new SessionFailure.Unproven("a_agent"));
  }

  @Test
  void whatever_was_found_out_about_a_proof_is_said_at_the_same_time() {
    var wrong = new SessionEvent.ProofRefused(ScramRefusal.WRONG_SECRET, false);
    var known = MACHINE.step(new Judging(Samples.CALLER, Optional.of(Samples.CREDENTIAL)), wrong);
    var unknown = MACHINE.step(new Judging(Samples.CALLER, Optional.empty()), wrong);

    assertThat(unknown).isEqualTo(known);
    assertThat(kinds(known.actions())).doesNotContain(Close.class, Send.class);
    for (var name : List.of("Identifying", "Judging")) {
      assertThat(MACHINE.step(Samples.state(name), new SessionEvent.TimerFired(Timer.REFUSAL)))
          .as(name)
          .isEqualTo(Transition.to(Samples.state(name),
              new StartTimer(Timer.REFUSAL, Samples.SETTINGS.refusalStep())));
    }
  }

  @Test
  void who_leaves_before_the_verdict_has_guessed_once() {
    for (var name : List.of("Identifying", "Judging", "Judging (nobody)")) {
      var left = MACHINE.step(Samples.state(name), new SessionEvent.ClientLeft(false));

      assertThat(left.actions()).as(name)
          .contains(new SessionAction.CountSecret("a_agent", false));
    }
  }

  @Test
  void while_the_catalog_is_away_a_wrong_secret_and_an_unknown_name_are_told_the_same() {
    var wrong = MACHINE.step(judging(Samples.CREDENTIAL),
        new SessionEvent.ProofRefused(ScramRefusal.WRONG_SECRET, true));
    var unknown = MACHINE.step(new Identifying(Samples.CALLER),
        new SessionEvent.LookupFailed(Given.NOW));

    assertThat(unknown).isEqualTo(wrong);
    assertThat(refusal(wrong)).isEqualTo(SessionFailure.Fixed.CATALOG_UNREACHABLE);
  }

  @Test
  void the_login_is_over_for_the_client_as_soon_as_it_is_proved() {
    var proved = MACHINE.step(judging(Samples.CREDENTIAL),
        new SessionEvent.ProofGiven(new byte[]{1}, Given.NOW));

    assertThat(proved.actions()).filteredOn(Send.class::isInstance)
        .extracting(send -> (Class) ((Send) send).message().getClass())
        .containsExactly(AuthenticationSaslFinal.class, AuthenticationOk.class);
    assertThat(proved.actions())
        .contains(new StartTimer(Timer.DEADLINE, Samples.SETTINGS.wakeDeadline()),
            new LookUpRoute(Given.ACCOUNT, "shop"));
  }

  private static Judging judging(Credential credential) {
    return new Judging(Samples.CALLER, Optional.of(credential));
  }

  @ParameterizedTest
  @CsvSource({"revoked, has been revoked", "expired, has expired", "early, is not valid yet"})
  void what_is_wrong_with_a_credential_is_said_after_its_proof(String how, String says) {
    var credential = switch (how) {
      case "revoked" -> Given.revoked(Samples.CREDENTIAL);
      case "expired" ->
        Given.validity(Samples.CREDENTIAL, Given.NOW.minusSeconds(9), Given.NOW);
      default ->
        Given.validity(Samples.CREDENTIAL, Given.NOW.plusSeconds(1), Given.NOW.plusSeconds(99));
    };

    var refused = MACHINE.step(judging(credential),
        new SessionEvent.ProofGiven(new byte[0], Given.NOW));
    var wrong = MACHINE.step(judging(credential),
        new SessionEvent.ProofRefused(ScramRefusal.WRONG_SECRET, false));

    assertThat(refusal(refused).sqlState()).isEqualTo("28000");
    assertThat(refusal(refused).message()).contains(says);
    assertThat(kinds(refused.actions())).doesNotContain(LookUpRoute.class);
    assertThat(refusal(wrong)).isEqualTo(new SessionFailure.Unproven("a_agent"));
  }

  @Test
  void only_a_wrong_secret_counts_against_the_limiter() {
    var bad = new SessionAction.CountSecret("a_agent", false);

    assertThat(MACHINE.step(judging(Samples.CREDENTIAL),
        new SessionEvent.ProofRefused(ScramRefusal.WRONG_SECRET, false)).actions()).contains(bad);
    assertThat(MACHINE.step(judging(Samples.CREDENTIAL),
        new SessionEvent.ProofRefused(ScramRefusal.DOWNGRADE, false)).actions())
        .doesNotContain(bad);
    assertThat(MACHINE.step(new SessionState.Seating(Samples.ERRAND),
        Samples.event("SeatRefused")).actions()).doesNotContain(bad);
  }

  @ParameterizedTest
  @CsvSource({"replication, true, 0A000", "replication, maybe, 22023", "options, -x, 0A000",
      "options, -c nothing, 42601"})
  void parameters_that_cannot_be_met_are_refused(String key, String value, String sqlState) {
    assertThat(refusal(startup(Map.of("user", "a_agent", key, value))).sqlState())
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

    assertThat(refusal(refused)).isEqualTo(SessionFailure.Fixed.PLAINTEXT_REFUSED);
    assertThat(kinds(refused.actions())).doesNotContain(LookUpCredential.class);
  }

  @Test
  void a_crowded_proxy_says_so() {
    var refused = MACHINE.step(new Opening(new Greeting(true, true, true, false, true)),
        new SessionEvent.PacketRead(Samples.STARTUP, 0));

    assertThat(refusal(refused).sqlState()).isEqualTo("53300");
    assertThat(refusal(refused).detail()).hasValueSatisfying(
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

    assertThat(refusal(refused)).isEqualTo(new SessionFailure.Revoked("a_agent"));
    assertThat(kinds(refused.actions())).contains(SessionAction.Detach.class,
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
    assertThat(kinds(again.actions())).doesNotContain(SessionAction.LeaveSeat.class);
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

    assertThat(refusal(over).fields()).isEqualTo(full);
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

    assertThat(refusal(over).sqlState()).isEqualTo(sqlState);
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
