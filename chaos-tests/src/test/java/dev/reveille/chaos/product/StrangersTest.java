package dev.reveille.chaos.product;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.FrontendMessages;
import dev.reveille.wire.Severity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What those are told who may not come in, or do not speak the protocol; and that nothing wakes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StrangersTest {
  /** ClientHello of TLS 1.1 up to the version; what follows is the same in 1.2. */
  private static final String HELLO_RANDOM = "00".repeat(32);
  private static final int PROTOCOL_VERSION_ALERT = 70;

  private final Started started = new Started();
  private RunningReveille reveille;
  private ConnectionString url;

  @BeforeAll
  void start() throws Exception {
    reveille = started.add(Products.start(Products.SMALL));
    url = reveille.create("shop");
    reveille.control("suspend", "shop");
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  @Test
  void before_the_proof_all_refusals_are_the_same_bytes_and_nothing_wakes() throws Exception {
    double asked = reveille.metric("reveille_wakes_total");
    String stranger = "a_" + "x".repeat(url.user().length() - 2);

    String wrongSecret = refusedAs(url.user(), "shop", "wk_wrong");
    String wrongDatabase = refusedAs(url.user(), "nope", "wk_wrong");
    String unknown = refusedAs(stranger, "shop", "wk_wrong");
    String unknownWithRightSecret = refusedAs(stranger, "shop", url.secret());
    String unknownEverything = refusedAs(stranger, "nope", "wk_wrong");

    assertThat(wrongSecret).contains("28P01")
        .contains("password authentication failed for user \"" + url.user() + "\"");
    assertThat(wrongDatabase).isEqualTo(wrongSecret);
    String expected = wrongSecret.replace(url.user(), stranger);
    assertThat(List.of(unknown, unknownWithRightSecret, unknownEverything))
        .containsOnly(expected);
    assertThat(reveille.metric("reveille_wakes_total")).isEqualTo(asked);
    assertThat(ComputeView.of(reveille, "shop").state()).isEqualTo("asleep");
  }

  private String refusedAs(String user, String database, String secret) throws IOException {
    try (WireClient client = WireClient.secured(reveille)
        .startup(user, database)
        .prove(secret)) {
      ErrorFields told = client.refusal();
      assertThat(told.sqlState()).isEqualTo("28P01");
      assertThat(told.severity()).isEqualTo(Severity.FATAL);
      return client.transcript();
    }
  }

  @Test
  void after_the_proof_an_unknown_database_is_named_and_nothing_wakes() throws Exception {
    try (WireClient client = WireClient.secured(reveille)
        .startup(url.user(), "nope")
        .prove(url.secret())) {
      ErrorFields told = client.refusal();
      assertThat(told.sqlState()).isEqualTo("3D000");
      assertThat(told.severity()).isEqualTo(Severity.FATAL);
      assertThat(told.message()).isEqualTo("database \"nope\" does not exist");
    }
    assertThat(ComputeView.of(reveille, "shop").state()).isEqualTo("asleep");
  }

  @Test
  void plaintext_is_refused_before_anything_is_looked_up() throws Exception {
    try (WireClient known = WireClient.to(reveille.port()).startup(url);
        WireClient unknown = WireClient.to(reveille.port()).startup("a_nobody", "nope")) {
      ErrorFields told = known.refusal();
      assertThat(told.sqlState()).isEqualTo("28000");
      assertThat(told.message()).isEqualTo("connection requires TLS");
      assertThat(told.hint()).hasValueSatisfying(
          hint -> assertThat(hint).contains("sslmode=require").contains("reveille ca"));
      unknown.refusal();
      assertThat(unknown.transcript()).isEqualTo(known.transcript());
    }
  }

  @Test
  void gss_encryption_is_declined_and_tls_may_still_follow_once() throws Exception {
    try (WireClient client = WireClient.to(reveille.port())) {
      client.send(FrontendMessages::gssEncRequest);
      assertThat(client.answer()).isEqualTo('N');
      client.tls(WireClient.root(reveille)).startup(url.user(), "nope").prove(url.secret());
      assertThat(client.refusal().sqlState()).isEqualTo("3D000");
    }
    try (WireClient twice = WireClient.to(reveille.port())) {
      twice.send(FrontendMessages::gssEncRequest);
      assertThat(twice.answer()).isEqualTo('N');
      twice.send(FrontendMessages::gssEncRequest);
      assertThat(twice.refusal().sqlState()).isEqualTo("08P01");
    }
  }

  @Test
  void bytes_smuggled_in_before_the_handshake_end_the_connection() throws Exception {
    byte[] request = WireClient.bytes(FrontendMessages::sslRequest);
    byte[] startup = WireClient.bytes(out -> FrontendMessages.startup(out,
        dev.reveille.wire.ProtocolVersion.V3_0, java.util.Map.of("user", "mallory")));
    try (WireClient client = WireClient.to(reveille.port())) {
      client.send(out -> out.writeBytes(request).writeBytes(startup));

      assertThat(client.refusal().sqlState()).isEqualTo("08P01");
    }
    try (WireClient client = WireClient.to(reveille.port())) {
      client.send(request);
      assertThat(client.answer()).isEqualTo('S');
      client.send(startup);

      assertThat(client.rest()).as("answer to plaintext where a handshake was due")
          .satisfiesAnyOf(answer -> assertThat(answer).isEmpty(),
              answer -> assertThat(answer[0]).as("a TLS alert").isEqualTo((byte) 0x15));
    }
  }

  @Test
  void direct_tls_needs_the_protocol_to_be_named() throws Exception {
    try (WireClient named = WireClient.to(reveille.port())
        .handshake(WireClient.root(reveille), "postgresql")) {
      named.startup(url.user(), "nope").prove(url.secret());
      assertThat(named.refusal().sqlState()).isEqualTo("3D000");
    }
    for (String[] other : List.of(new String[]{"http/1.1"}, new String[0])) {
      assertThatThrownBy(() -> {
        try (WireClient client = WireClient.to(reveille.port())
            .handshake(WireClient.root(reveille), other)) {
          client.startup(url);
          client.read();
        }
      }).isInstanceOf(IOException.class);
    }
  }

  @Test
  void tls_older_than_1_2_is_refused() throws Exception {
    byte[] old = afterHello("0302");
    assertThat(old).as("an alert").startsWith(0x15);
    assertThat(old[6]).isEqualTo((byte) PROTOCOL_VERSION_ALERT);
    assertThat(afterHello("0303")).as("a handshake").startsWith(0x16);
  }

  /** The first record that answers a ClientHello of this version with the usual ECDSA suites. */
  private byte[] afterHello(String version) throws IOException {
    String suites = "c009c00ac02bc02c";
    String curves = "000a00040002" + "0017";
    String points = "000b00020100";
    String signatures = "000d00060004" + "04030203";
    String extensions = curves + points + signatures;
    String body = version + HELLO_RANDOM + "00" + length(suites, 2) + suites + "0100"
        + length(extensions, 2) + extensions;
    String message = "01" + length(body, 3) + body;
    try (WireClient client = WireClient.to(reveille.port())) {
      client.send(FrontendMessages::sslRequest);
      assertThat(client.answer()).isEqualTo('S');
      client.send(HexFormat.of().parseHex("160301" + length(message, 2) + message));
      return client.some(7);
    }
  }

  private static String length(String hex, int bytes) {
    return HexFormat.of().toHexDigits(hex.length() / 2, bytes * 2);
  }

  @Test
  void five_hundred_silent_probes_leave_neither_a_session_nor_a_line_in_the_log()
      throws Exception {
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(reveille.metric("reveille_sessions")).isZero());
    String log = reveille.log();
    double accepted = reveille.metric("reveille_connections_total");

    List<Socket> probes = new ArrayList<>();
    for (int probe = 0; probe < 500; probe++) {
      probes.add(new Socket(InetAddress.getLoopbackAddress(), reveille.port()));
    }
    Awaitility.await()
        .untilAsserted(() -> assertThat(reveille.metric("reveille_sessions"))
            .isEqualTo(500));
    for (Socket probe : probes) {
      probe.close();
    }

    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> assertThat(reveille.metric("reveille_sessions")).isZero());
    assertThat(reveille.metric("reveille_connections_total") - accepted).isEqualTo(500);
    assertThat(reveille.log()).isEqualTo(log);
  }
}
