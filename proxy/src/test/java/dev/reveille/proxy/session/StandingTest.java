package dev.reveille.proxy.session;

import dev.reveille.cell.AddressRange;
import dev.reveille.cell.Allowance;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialLimits;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.Mode;
import dev.reveille.cell.Scope;
import dev.reveille.proxy.relay.Breach;
import dev.reveille.proxy.session.SessionAction.Close;
import dev.reveille.proxy.session.SessionAction.LookUpCredential;
import dev.reveille.proxy.session.SessionAction.Restrict;
import dev.reveille.proxy.session.SessionState.Closed;
import dev.reveille.proxy.session.SessionState.Relaying;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A credential that has changed is judged in every state after the proof. */
class StandingTest {
  private static final SessionMachine MACHINE = new SessionMachine(Samples.SETTINGS);
  private static final Credential KNOWN = Samples.CREDENTIAL;

  private static SessionFailure words(Transition transition, CloseReason reason) {
    assertThat(transition.next()).isEqualTo(new Closed(reason));
    return transition.actions()
        .stream()
        .filter(Close.class::isInstance)
        .flatMap(close -> ((Close) close).lastWords().stream())
        .findFirst()
        .orElseThrow();
  }

  private static Transition found(SessionState state, Credential credential, Instant now) {
    return MACHINE.step(state, new SessionEvent.CredentialFound(Optional.of(credential), now));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Seating", "Waking", "Readmitting", "Queueing", "Preparing", "Connecting",
      "Pausing"})
  void who_waits_is_refused_as_soon_as_its_credential_ends(String name) {
    var state = Samples.state(name);
    for (var cause : List.of(new SessionEvent.CredentialChanged(),
        new SessionEvent.TimerFired(Timer.EXPIRY))) {
      assertThat(MACHINE.step(state, cause).actions())
          .containsExactly(new LookUpCredential("a_agent"));
    }

    var revoked = found(state, Given.revoked(KNOWN), Given.NOW);
    var expired = found(state, KNOWN, KNOWN.expiresAt());
    var gone = MACHINE.step(state,
        new SessionEvent.CredentialFound(Optional.empty(), Given.NOW));

    for (var ended : List.of(revoked, expired, gone)) {
      assertThat(words(ended, CloseReason.REFUSED).sqlState()).isEqualTo("28000");
      assertThat(ended.actions()).containsAll(Ending.releases(state));
    }
    assertThat(found(state, KNOWN, Given.NOW).next()).isNotInstanceOf(Closed.class);
  }

  private static Scope scope(Mode mode, DatabaseScope databases, CredentialLimits limits,
      Set<Allowance> allowances, List<AddressRange> addresses) {
    var known = KNOWN.scope();
    return new Scope(databases, mode, known.objects(), known.notBefore(), known.expiresAt(),
        addresses, limits, allowances, false);
  }

  static Stream<Scope> narrower() {
    var known = KNOWN.scope();
    var elsewhere = new DatabaseScope.Only(Set.of(new DatabaseId(new UUID(0, 0))));
    return Stream.of(
        scope(Mode.RO, known.databases(), known.limits(), known.allowances(), Scope.EVERYWHERE),
        scope(known.mode(), elsewhere, known.limits(), known.allowances(), Scope.EVERYWHERE),
        scope(known.mode(), known.databases(), known.limits(), known.allowances(),
            List.of(AddressRange.parse("10.0.0.0/8"))));
  }

  @Test
  void a_live_session_that_is_not_within_the_narrower_scope_ends() {
    for (var name : List.of("Relaying", "Relaying (draining)", "Holding")) {
      narrower().forEach(scope -> {
        var ended = found(Samples.state(name), KNOWN.with(scope), Given.NOW);
        assertThat(words(ended, CloseReason.NARROWED).sqlState()).as(name).isEqualTo("57P01");
      });
    }
  }

  @Test
  void limits_and_allowances_are_taken_over_by_a_live_session() {
    var known = KNOWN.scope();
    var less = KNOWN.with(scope(known.mode(), known.databases(), CredentialLimits.AGENT, Set.of(),
        Scope.EVERYWHERE));

    var narrowed = found(Samples.state("Relaying"), less, Given.NOW);

    assertThat(narrowed.actions()).contains(new Restrict(less));
    assertThat(narrowed.next()).isInstanceOfSatisfying(Relaying.class,
        relaying -> assertThat(relaying.proven().credential()).isEqualTo(less));
    assertThat(found(narrowed.next(), less, Given.NOW).actions())
        .noneMatch(Restrict.class::isInstance);
  }

  @Test
  void a_session_lasts_as_long_as_it_may_and_not_longer() {
    var end = Given.NOW.plus(CredentialLimits.AGENT.sessionTime());
    var known = KNOWN.scope();
    var agent = KNOWN.with(scope(known.mode(), known.databases(), CredentialLimits.AGENT,
        known.allowances(), Scope.EVERYWHERE));
    var state = Samples.state("Relaying");

    assertThat(found(state, agent, end.minusMillis(1)).next()).isInstanceOf(Relaying.class);
    var over = words(found(state, agent, end), CloseReason.LIMITED);

    assertThat(over.kind()).isEqualTo(SessionFailure.Kind.SESSION_TIME);
    assertThat(over.sqlState()).isEqualTo("57P01");
    assertThat(over.fields().detail()).contains("The limit is session_time = 86400 s.");
  }

  @Test
  void every_limit_of_a_relay_has_a_label_of_its_own() {
    for (var limit : Breach.Limit.values()) {
      assertThat(SessionFailure.Kind.valueOf(limit.name()).label())
          .isEqualTo(limit.name().toLowerCase(Locale.ROOT));
    }
  }
}
