package dev.reveille.proxy.budget;

import dev.reveille.cell.CredentialId;
import dev.reveille.cell.CredentialLimits;
import dev.reveille.proxy.session.Given;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LedgerTest {
  private final ManualClock clock = new ManualClock("2026-03-01T23:59:50Z");
  private final Ledger ledger = Ledger.alone(clock);
  private final CredentialId agent = CredentialId.random();

  @Test
  void seats_are_limited_and_given_back() {
    var limits = Given.limits(2, 100, 1);

    assertThat(ledger.enter(agent, limits)).isEmpty();
    assertThat(ledger.enter(agent, limits)).isEmpty();
    assertThat(ledger.enter(agent, limits))
        .contains(new Spent(Budget.CONNECTIONS, 2, Optional.empty()));
    assertThat(ledger.enter(CredentialId.random(), limits)).as("another credential").isEmpty();
    ledger.leave(agent);
    assertThat(ledger.enter(agent, limits)).isEmpty();
    assertThat(ledger.sessions()).isEqualTo(3);
  }

  @Test
  void a_seat_that_a_narrower_limit_would_not_give_is_seen() {
    ledger.enter(agent, Given.limits(2, 100, 1));
    ledger.enter(agent, Given.limits(2, 100, 1));

    assertThat(ledger.stays(agent, Given.limits(2, 100, 1))).isEmpty();
    assertThat(ledger.stays(agent, Given.limits(1, 100, 1))).isPresent();
  }

  @Test
  void who_never_came_cannot_leave() {
    assertThatThrownBy(() -> ledger.leave(agent)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_refused_connect_costs_nothing() {
    var limits = Given.limits(1, 2, 1);
    ledger.enter(agent, limits);
    ledger.enter(agent, limits);

    assertThat(ledger.use(agent)).isEqualTo(new Use(1, 1, 0, 0));
  }

  @Test
  void leave_to_start_is_limited_and_given_back() {
    var limits = Given.limits(9, 9, 1);
    var first = ledger.starts(agent, limits);
    var second = ledger.starts(agent, limits);

    assertThat(first.take()).isTrue();
    assertThat(second.take()).isFalse();
    assertThat(second.again()).isAfter(clock.instant().plusSeconds(3599))
        .isBefore(clock.instant().plusSeconds(3901));
    first.giveBack();
    assertThat(second.take()).isTrue();
  }

  private static ErrorFields words(Spent spent) {
    return ErrorFields.of(Severity.FATAL, "53400", spent.limit() + " " + spent.resets().get());
  }

  private static CredentialLimits daily(long bytes) {
    var app = CredentialLimits.APP;
    return new CredentialLimits(app.connections(), app.connectsPerMinute(), app.wakesPerHour(),
        app.requestTime(), app.idleTime(), app.sessionTime(), app.sessionBytesOut(), bytes,
        app.frameBytes());
  }

  @Test
  void the_bytes_of_a_day_are_shared_by_sessions_and_begin_anew_at_midnight() {
    var one = ledger.bytes(agent, daily(100), LedgerTest::words);
    var other = ledger.bytes(agent, daily(100), LedgerTest::words);

    assertThat(one.take(70)).isTrue();
    assertThat(other.take(40)).isFalse();
    assertThat(other.take(30)).isTrue();
    one.giveBack(20);
    assertThat(other.take(20)).isTrue();
    assertThat(other.exhausted().message())
        .isEqualTo("100 " + Instant.parse("2026-03-02T00:00:00Z"));

    clock.pass(Duration.ofSeconds(10));
    one.giveBack(50);
    assertThat(ledger.use(agent).bytesOut()).as("yesterday's are not given back").isZero();
    assertThat(one.take(101)).isFalse();
    assertThat(one.take(100)).isTrue();
  }
}
