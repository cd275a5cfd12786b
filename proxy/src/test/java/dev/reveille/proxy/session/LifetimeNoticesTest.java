package dev.reveille.proxy.session;

import dev.reveille.cell.Lifetime;
import dev.reveille.cell.Route;
import dev.reveille.proxy.connect.ConnectOutcome;
import dev.reveille.proxy.session.SessionAction.Close;
import dev.reveille.proxy.session.SessionAction.Open;
import dev.reveille.proxy.session.SessionAction.Send;
import dev.reveille.wire.BackendMessage.NoticeResponse;
import dev.reveille.wire.ErrorFields;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What clients are told of a database that does not live for ever. */
class LifetimeNoticesTest {
  private static final SessionMachine MACHINE = new SessionMachine(SessionSettings.DEFAULTS);

  private static Route with(Lifetime lifetime) {
    Route route = Given.route("shop");
    return new Route(route.database(), route.account(), route.name(), route.homeCell(),
        route.storage(), route.settings(), lifetime, route.version());
  }

  private static List<SessionAction> connected(Instant expiresAt) {
    var errand = new SessionState.Errand(Samples.PROVEN, with(Lifetime.until(expiresAt)), 7,
        false);
    return MACHINE.step(
        new SessionState.Connecting(errand, Samples.CACHED, Samples.NO_TRIES),
        new SessionEvent.Connected(7, new ConnectOutcome.Ready(Samples.LINK), Given.NOW))
        .actions();
  }

  @Test
  void a_client_is_told_before_it_is_let_in_that_the_database_expires_soon() {
    List<SessionAction> actions = connected(Given.NOW.plus(Duration.ofMinutes(59)));

    assertThat(actions).extracting(Object::getClass)
        .containsSubsequence(List.of(Send.class, Open.class));
    ErrorFields notice = actions.stream()
        .filter(Send.class::isInstance)
        .map(action -> ((NoticeResponse) ((Send) action).message()).fields())
        .findFirst()
        .orElseThrow();
    assertThat(notice.message()).isEqualTo("database \"shop\" expires at 2026-01-02T04:03:05Z");
    assertThat(notice.hint()).hasValueSatisfying(
        hint -> assertThat(hint).contains("ALTER DATABASE \"shop\" SET (ttl = '1 d')"));
  }

  @Test
  void nobody_is_told_earlier_than_that() {
    assertThat(connected(Given.NOW.plus(Duration.ofMinutes(61)))).noneMatch(Send.class::isInstance);
  }

  @Test
  void a_client_of_an_archived_database_is_told_how_it_comes_back_and_nothing_is_woken() {
    Transition refused = MACHINE.step(Samples.state("Routing"), new SessionEvent.RouteFound(
        Optional.of(with(new Lifetime(Optional.of(Given.NOW), true)))));

    assertThat(refused.next()).isInstanceOf(SessionState.Closed.class);
    SessionFailure failure = refused.actions()
        .stream()
        .filter(Close.class::isInstance)
        .flatMap(action -> ((Close) action).lastWords().stream())
        .findFirst()
        .orElseThrow();
    assertThat(failure.sqlState()).isEqualTo("55000");
    assertThat(failure.message())
        .isEqualTo("database \"shop\" expired at 2026-01-02T03:04:05Z and is archived");
    assertThat(failure.hint()).hasValueSatisfying(
        hint -> assertThat(hint).contains("SET (ttl = '1 d')", "brings it back"));
  }
}
