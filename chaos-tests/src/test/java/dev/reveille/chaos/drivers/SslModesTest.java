package dev.reveille.chaos.drivers;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.tools.Command;
import dev.reveille.chaos.tools.Tools;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What libpq says to each way of asking for TLS, and to each refusal. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SslModesTest {
  private final Started started = new Started();
  private RunningReveille reveille;
  private ConnectionString url;
  private ConnectionString bare;

  @BeforeAll
  void start() throws Exception {
    reveille = started.add(RunningReveille.start(Setup.plain()));
    url = reveille.create("shop");
    bare = new ConnectionString(url.user(), url.secret(), url.host(), url.port(), url.database(),
        Map.of());
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  @Test
  void the_printed_connection_string_verifies_in_full() {
    assertThat(url.parameters()).containsEntry("sslmode", "verify-full");
    assertThat(libpq(url)).isEqualTo("row shop tls True");
    assertThat(libpq(bare.with("sslmode", "verify-full").with("sslrootcert", reveille.run("ca"))))
        .isEqualTo("row shop tls True");
  }

  @ParameterizedTest
  @ValueSource(strings = {"allow", "prefer", "require"})
  void weaker_modes_end_in_tls_too(String mode) {
    assertThat(libpq(bare.with("sslmode", mode))).isEqualTo("row shop tls True");
  }

  @Test
  void a_root_that_did_not_sign_it_is_not_believed() {
    assertThat(libpq(bare.with("sslmode", "verify-full").with("sslrootcert", "system")))
        .startsWith("refused")
        .contains("certificate verify failed");
  }

  @Test
  void channel_binding_can_be_required() {
    assertThat(libpq(url.with("channel_binding", "require"))).isEqualTo("row shop tls True");
    assertThat(libpq(url.with("channel_binding", "disable"))).isEqualTo("row shop tls True");
  }

  @Test
  void tls_can_begin_at_once() {
    assertThat(libpq(url.with("sslnegotiation", "direct"))).isEqualTo("row shop tls True");
    assertThat(libpq(url.with("sslnegotiation", "direct").with("channel_binding", "require")))
        .isEqualTo("row shop tls True");
  }

  @Test
  void plaintext_is_refused_with_what_to_do_about_it() {
    assertThat(libpq(bare.with("sslmode", "disable"))).startsWith("refused")
        .contains("TLS")
        .contains("sslmode=");
  }

  @Test
  void a_wrong_secret_and_an_unknown_user_look_alike_and_wake_nothing() {
    reveille.run("suspend", "shop");
    ConnectionString wrong = new ConnectionString(bare.user(), "wrong", bare.host(), bare.port(),
        "shop", Map.of("sslmode", "require"));
    ConnectionString unknown = new ConnectionString("a_unknown", bare.secret(), bare.host(),
        bare.port(), "shop", Map.of("sslmode", "require"));
    assertThat(libpq(wrong)).contains("password authentication failed")
        .isEqualTo(libpq(unknown).replace("a_unknown", bare.user()));
    assertThat(libpq(wrong.toDatabase("nowhere"))).isEqualTo(libpq(wrong));
    assertThat(libpq(url.toDatabase("nowhere"))).contains("database \"nowhere\" does not exist");
    assertThat(reveille.run("list")).contains("asleep");
  }

  private static String libpq(ConnectionString how) {
    return Command.of(Tools.pythonWithPackages().toString(),
        Resource.file("libpq_try.py").toString(), how.text()).run().orThrow().out().strip();
  }
}
