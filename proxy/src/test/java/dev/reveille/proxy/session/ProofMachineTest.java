package dev.reveille.proxy.session;

import dev.reveille.auth.ScramRefusal;
import dev.reveille.cell.Credential;
import dev.reveille.proxy.session.SessionAction.Close;
import dev.reveille.proxy.session.SessionAction.LookUpCredential;
import dev.reveille.proxy.session.SessionAction.LookUpRoute;
import dev.reveille.proxy.session.SessionAction.Send;
import dev.reveille.proxy.session.SessionAction.StartTimer;
import dev.reveille.proxy.session.SessionState.Greeting;
import dev.reveille.proxy.session.SessionState.Identifying;
import dev.reveille.proxy.session.SessionState.Judging;
import dev.reveille.proxy.session.SessionState.Opening;
import dev.reveille.proxy.session.SessionState.Proving;
import dev.reveille.proxy.session.SessionState.Routing;
import dev.reveille.wire.BackendMessage.AuthenticationOk;
import dev.reveille.wire.BackendMessage.AuthenticationSaslFinal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The rules of the machine about proofs: what is asked, looked up and told before and after one. */
class ProofMachineTest {
  private static final SessionMachine MACHINE = new SessionMachine(Samples.SETTINGS);

  @Test
  void nothing_is_looked_up_before_the_proof_is_given() {
    for (var name : List.of("Opening (TLS)", "Proving")) {
      Samples.events().forEach((cause, event) -> {
        if (!cause.equals("ProofShown")) {
          assertThat(Outcomes.kinds(MACHINE.step(Samples.state(name), event).actions()))
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

    assertThat(
        Outcomes.refusal(lenient.step(new Opening(Greeting.fresh(true, false, true)), startup)))
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
    assertThat(Outcomes.refusal(MACHINE.step(Samples.state("Judging (nobody)"),
        Samples.event("ProofAccepted")))).isEqualTo(new SessionFailure.Unproven("a_agent"));
  }

  @Test
  void an_unknown_name_is_taken_through_an_exchange_like_any_other() {
    var known = MACHINE.step(new Identifying(Samples.CALLER),
        new SessionEvent.CredentialFound(Optional.of(Samples.CREDENTIAL), Given.NOW));
    var unknown = MACHINE.step(new Identifying(Samples.CALLER),
        new SessionEvent.CredentialFound(Optional.empty(), Given.NOW));

    assertThat(Outcomes.kinds(unknown.actions())).isEqualTo(Outcomes.kinds(known.actions()));
    assertThat(unknown.next()).isInstanceOf(Judging.class);
  }

  @Test
  void a_proof_for_nobody_is_no_proof() {
    var nobody = new Judging(Samples.CALLER, Optional.empty());

    var refused = MACHINE.step(nobody, new SessionEvent.ProofGiven(new byte[0], Given.NOW));

    assertThat(Outcomes.refusal(refused)).isEqualTo(new SessionFailure.Unproven("a_agent"));
  }

  @Test
  void whatever_was_found_out_about_a_proof_is_said_at_the_same_time() {
    var wrong = new SessionEvent.ProofRefused(ScramRefusal.WRONG_SECRET, false);
    var known = MACHINE.step(new Judging(Samples.CALLER, Optional.of(Samples.CREDENTIAL)), wrong);
    var unknown = MACHINE.step(new Judging(Samples.CALLER, Optional.empty()), wrong);

    assertThat(unknown).isEqualTo(known);
    assertThat(Outcomes.kinds(known.actions())).doesNotContain(Close.class, Send.class);
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
    assertThat(Outcomes.refusal(wrong)).isEqualTo(SessionFailure.Fixed.CATALOG_UNREACHABLE);
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

    assertThat(Outcomes.refusal(refused).sqlState()).isEqualTo("28000");
    assertThat(Outcomes.refusal(refused).message()).contains(says);
    assertThat(Outcomes.kinds(refused.actions())).doesNotContain(LookUpRoute.class);
    assertThat(Outcomes.refusal(wrong)).isEqualTo(new SessionFailure.Unproven("a_agent"));
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
}
