package dev.reveille.proxy.session;

import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialKind;
import dev.reveille.cell.CredentialLimits;
import dev.reveille.cell.Scope;
import dev.reveille.proxy.session.SessionState.Caller;
import dev.reveille.proxy.session.SessionState.Proven;
import dev.reveille.wire.InitialPacket.StartupMessage;
import dev.reveille.wire.ProtocolVersion;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class StartupRequestTest {
  private static final Credential AGENT = agent();

  private static Credential agent() {
    Credential app = Given.credential("a_agent");
    return Given.rescoped(app, Scope.usual(CredentialKind.AGENT, app.databases(), app.mode(),
        app.notBefore()));
  }

  private static StartupMessage startup(String key, String value) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", "a_agent");
    parameters.put(key, value);
    return new StartupMessage(ProtocolVersion.V3_0, parameters);
  }

  private static Optional<SessionFailure> refusal(String key, String value) {
    return StartupRequest.of(startup(key, value)).refusal(AGENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-c role=reveille_owner", "-crole=x", "--role=x", "-c ROLE=x",
      "--RoLe=none", "-c search_path=a -c role=x -c search_path=b", "-c role=x -c role=none",
      "-c ro\\le=x", "\t-c\trole=a\\ b", "-c session_authorization=x", "--session-authorization=x",
      "-c session-authorization=x", "--local-preload-libraries=evil",
      "-c session_preload_libraries=evil", "-P", "-O", "-c work_mem=1MB -P",
      "-c dynamic_library_path=/tmp", "--session-replication-role=replica"})
  void aLeverInOptionsIsRefusedInEverySpelling(String options) {
    assertThat(refusal("options", options)).hasValueSatisfying(failure -> {
      assertThat(failure.sqlState()).isEqualTo("42501");
      assertThat(failure.message()).matches("permission denied to set parameter \"[a-z_]+\"");
      assertThat(failure.hint()).isPresent();
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"role", "Role", "SESSION_AUTHORIZATION", "session_preload_libraries",
      "local_preload_libraries"})
  void aLeverAsAParameterOfItsOwnIsRefusedByName(String key) {
    assertThat(refusal(key, "x")).hasValueSatisfying(failure -> {
      assertThat(failure.sqlState()).isEqualTo("42501");
      assertThat(failure.message()).containsIgnoringCase('"' + key + '"');
    });
  }

  @Test
  void everythingHarmlessGoesThroughUnchanged() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", "a_agent");
    parameters.put("search_path", "Mine, public");
    parameters.put("extra_float_digits", "3");
    parameters.put("IntervalStyle", "iso_8601");
    parameters.put("application_name", "role");
    parameters.put("options", "-c statement_timeout=5s --myapp.role=admin -c\\ x=y");
    StartupRequest request = StartupRequest
        .of(new StartupMessage(ProtocolVersion.V3_0, parameters));

    assertThat(request.refusal(AGENT)).isEmpty();
    assertThat(request.passedOn()).containsOnly(Map.entry("search_path", "Mine, public"),
        Map.entry("extra_float_digits", "3"), Map.entry("IntervalStyle", "iso_8601"),
        Map.entry("application_name", "role"), Map.entry("statement_timeout", "5s"),
        Map.entry("myapp.role", "admin"), Map.entry(" x", "y"));
  }

  @ParameterizedTest
  @CsvSource({"reveille.request_time, 5s, PT5S", "REVEILLE.Request_Time, 10min, PT10M",
      "reveille.request_time, 1ms, PT0.001S"})
  void aNarrowerLimitIsForTheProxyAlone(String key, String value, Duration requestTime) {
    StartupRequest request = StartupRequest.of(startup(key, value));

    assertThat(request.refusal(AGENT)).isEmpty();
    assertThat(request.passedOn()).isEmpty();
    assertThat(request.narrowed(AGENT).scope().limits().requestTime()).isEqualTo(requestTime);
    assertThat(request.narrowed(AGENT).scope().within(AGENT.scope())).isTrue();
  }

  @Test
  void everyLimitCanBeNarrowedAndNothingElseOfTheScopeChanges() {
    StartupRequest request = StartupRequest.of(startup("options",
        "-c reveille.request_time=2s --reveille.idle-time=3min -c reveille.session_time=1h"
            + " -creveille.bytes_out=10MB -c reveille.frame_bytes=64kB"));
    CredentialLimits limits = AGENT.scope().limits();

    Credential narrowed = request.narrowed(AGENT);

    assertThat(request.refusal(AGENT)).isEmpty();
    assertThat(narrowed.scope().limits()).isEqualTo(new CredentialLimits(limits.connections(),
        limits.connectsPerMinute(), limits.wakesPerHour(), Duration.ofSeconds(2),
        Duration.ofMinutes(3), Duration.ofHours(1), 10 << 20, limits.dailyBytesOut(), 64 << 10));
    assertThat(narrowed.with(AGENT.scope())).isEqualTo(AGENT);
    assertThat(request.narrowed(narrowed)).isEqualTo(narrowed);
  }

  @ParameterizedTest
  @CsvSource({"reveille.request_time, 11min", "reveille.idle_time, 61min",
      "reveille.session_time, 25h", "reveille.bytes_out, 2GB", "reveille.frame_bytes, 65MB",
      "reveille.frame_bytes, 4096TB", "reveille.request_time, 2562047d"})
  void moreThanTheCredentialHasIsRefused(String key, String value) {
    assertThat(refusal(key, value)).hasValueSatisfying(failure -> {
      assertThat(failure.sqlState()).isEqualTo("42501");
      assertThat(failure.message()).contains('"' + key + '"');
      assertThat(failure.detail()).isPresent();
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "0s", "-1s", "+5s", "5 s", " 5s", "5S", "1e3s", "0x5s", "5s5",
      "99999999999999999999s", "99999999999999999d", "5MB", "off", "unlimited", "٥s"})
  void aTimeThatCannotBeReadIsRefused(String value) {
    assertThat(refusal("reveille.request_time", value)).hasValueSatisfying(failure -> {
      assertThat(failure.sqlState()).isEqualTo("22023");
      assertThat(failure.hint()).hasValueSatisfying(hint -> assertThat(hint).contains("min"));
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"reveille.requesttime", "reveille.", "reveille.mode",
      "reveille.connections", "reveille.request_time.x"})
  void anUnknownKeyOfOursIsRefusedWithAListOfTheOthers(String key) {
    assertThat(refusal(key, "1s")).hasValueSatisfying(failure -> {
      assertThat(failure.sqlState()).isEqualTo("42704");
      assertThat(failure.hint()).hasValueSatisfying(
          hint -> assertThat(hint).contains("reveille.request_time", "reveille.frame_bytes"));
    });
  }

  @Test
  void whatASessionCarriesStaysNarrowedWhateverItsCredentialBecomes() {
    Proven proven = new Proven(new Caller(ProtocolVersion.V3_0,
        startup("reveille.request_time", "5s")), AGENT, Given.NOW);
    Credential wider = Given.rescoped(AGENT,
        Scope.usual(CredentialKind.APP, AGENT.databases(), AGENT.mode(), AGENT.notBefore()));

    assertThat(proven.credential().scope().limits().requestTime()).hasSeconds(5);
    assertThat(proven.with(wider).credential().scope().limits().requestTime()).hasSeconds(5);
    assertThat(proven.with(wider).credential().scope().limits().idleTime())
        .isEqualTo(CredentialLimits.APP.idleTime());
  }
}
