package dev.reveille.proxy.session;

import dev.reveille.cell.Credential;
import dev.reveille.compute.Login;
import dev.reveille.proxy.session.SessionAction.Close;
import dev.reveille.proxy.session.SessionAction.Connect;
import dev.reveille.proxy.session.SessionState.Caller;
import dev.reveille.proxy.session.SessionState.Closed;
import dev.reveille.proxy.session.SessionState.Errand;
import dev.reveille.proxy.session.SessionState.Judging;
import dev.reveille.proxy.session.SessionState.Preparing;
import dev.reveille.proxy.session.SessionState.Proven;
import dev.reveille.proxy.session.SessionState.Routing;
import dev.reveille.wire.InitialPacket.StartupMessage;
import dev.reveille.wire.ProtocolVersion;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** When a startup parameter that is not accepted is told so, and what reaches the compute. */
class StartupLeversTest {
  private static final SessionMachine MACHINE = new SessionMachine(Samples.SETTINGS);

  private static Caller caller(String key, String value) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", "a_agent");
    parameters.put("database", "shop");
    parameters.put(key, value);
    return new Caller(ProtocolVersion.V3_0,
        new StartupMessage(ProtocolVersion.V3_0, parameters));
  }

  private static Transition proved(Caller caller, Credential credential) {
    return MACHINE.step(new Judging(caller, Optional.of(credential)),
        new SessionEvent.ProofGiven(new byte[0], Given.NOW));
  }

  private static SessionFailure refusal(Transition transition) {
    assertThat(transition.next()).isEqualTo(new Closed(CloseReason.REFUSED));
    return transition.actions()
        .stream()
        .filter(Close.class::isInstance)
        .flatMap(close -> ((Close) close).lastWords().stream())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aLeverIsRefusedAfterTheProofAndBeforeAnythingIsWoken() {
    Caller caller = caller("options", "-c role=reveille_owner");
    StartupMessage startup = caller.startup();

    Transition asked = MACHINE.step(Samples.state("Opening (TLS)"),
        new SessionEvent.PacketRead(startup, 0));
    Transition proved = proved(caller, Samples.CREDENTIAL);
    Transition unproved = MACHINE.step(new Judging(caller, Optional.empty()),
        new SessionEvent.ProofGiven(new byte[0], Given.NOW));

    assertThat(asked.next()).isNotInstanceOf(Closed.class);
    assertThat(unproved.next()).isNotInstanceOf(Closed.class);
    assertThat(refusal(proved).sqlState()).isEqualTo("42501");
    assertThat(refusal(proved).message()).contains("\"role\"");
  }

  @Test
  void aRevokedCredentialIsToldThatFirst() {
    assertThat(refusal(proved(caller("role", "x"), Given.revoked(Samples.CREDENTIAL))).kind())
        .isEqualTo(SessionFailure.Kind.REVOKED);
  }

  @Test
  void whatIsNarrowerGoesOnAndTheSessionCarriesIt() {
    Transition proved = proved(caller("reveille.request_time", "5s"), Samples.CREDENTIAL);

    assertThat(proved.next()).isInstanceOfSatisfying(Routing.class, routing -> assertThat(
        routing.proven().credential().scope().limits().requestTime()).hasSeconds(5));
    assertThat(refusal(proved(caller("reveille.request_time", "90000d"), Samples.CREDENTIAL))
        .sqlState()).isEqualTo("42501");
  }

  @Test
  void whatTheComputeSideSaysWinsOverWhatTheClientAsked() {
    Proven proven = new Proven(caller("options",
        "-c Search_Path=mine -c work_mem=1MB -c reveille.idle_time=5s"), Samples.CREDENTIAL,
        Given.NOW);
    Preparing preparing = new Preparing(new Errand(proven, Given.route("shop"), 7, false),
        Samples.CACHED, Samples.NO_TRIES);
    Login login = Login.trusted("a_agent", "shop", Map.of("search_path", "ours", "role", "none"));

    Transition connecting = MACHINE.step(preparing, new SessionEvent.LoginPrepared(7, login));

    assertThat(connecting.actions()).filteredOn(Connect.class::isInstance)
        .singleElement()
        .satisfies(connect -> assertThat(((Connect) connect).parameters())
            .containsOnly(Map.entry("search_path", "ours"), Map.entry("work_mem", "1MB"),
                Map.entry("role", "none")));
  }
}
