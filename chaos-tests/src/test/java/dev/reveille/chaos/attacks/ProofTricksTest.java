package dev.reveille.chaos.attacks;

import dev.reveille.auth.ScramClient;
import dev.reveille.auth.Secret;
import dev.reveille.auth.TlsServerEndPoint;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.product.Products;
import dev.reveille.chaos.product.WireClient;
import dev.reveille.wire.BackendMessage.AuthenticationOk;
import dev.reveille.wire.BackendMessage.AuthenticationSasl;
import dev.reveille.wire.BackendMessage.AuthenticationSaslContinue;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.FrontendMessages;
import dev.reveille.wire.Severity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tricks with the proof, by a client that knows the secret: each is refused for what it is, nothing is woken, and the
 * same client gets in when it plays by the rules.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProofTricksTest {
  private static final String PLAIN = "SCRAM-SHA-256";
  private static final String PLUS = "SCRAM-SHA-256-PLUS";

  private final Started started = new Started();
  private RunningReveille reveille;
  private ConnectionString url;
  private double wakes;

  @BeforeAll
  void start() throws Exception {
    reveille = started.add(Products.start(Products.SMALL));
    url = reveille.create("shop");
    reveille.control("suspend", "shop");
    wakes = reveille.metric("reveille_wakes_total");
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  /** The control: whatever was tried, the right way in is open, with and without binding. */
  @AfterEach
  void who_plays_by_the_rules_gets_in() throws Exception {
    try (WireClient bound = opened(); WireClient unbound = opened()) {
      bound.prove(url.secret(), Optional.of(endPoint(bound))).readTo(AuthenticationOk.class);
      unbound.prove(url.secret()).readTo(AuthenticationOk.class);
    }
    assertThat(reveille.metric("reveille_wakes_total")).isEqualTo(wakes);
  }

  /** A database that is not there: who has proved the secret is told so, and nothing wakes. */
  private WireClient opened() throws IOException {
    return WireClient.secured(reveille).startup(url.user(), "nope");
  }

  private static byte[] endPoint(WireClient client) throws IOException {
    return TlsServerEndPoint.of(client.certificate()).orElseThrow();
  }

  private static void refused(WireClient client, String sqlState, String saying)
      throws IOException {
    ErrorFields told = client.refusal();
    assertThat(told.sqlState()).isEqualTo(sqlState);
    assertThat(told.severity()).isEqualTo(Severity.FATAL);
    assertThat(told.message() + told.detail().orElse("")).contains(saying);
  }

  private static void first(WireClient client, String mechanism, String message)
      throws IOException {
    assertThat(((AuthenticationSasl) client.read()).mechanisms()).containsExactly(PLUS, PLAIN);
    client.send(out -> FrontendMessages.saslInitialResponse(out, mechanism,
        message.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void a_client_that_was_told_of_no_binding_has_been_lied_to() throws Exception {
    try (WireClient client = opened()) {
      first(client, PLAIN, "y,,n=,r=abcdefgh");
      refused(client, "28000", "thinks the server does not");
    }
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "SCRAM-SHA-256-PLUS | n,,n=,r=abcdefgh | without channel binding data",
      "SCRAM-SHA-256-PLUS | y,,n=,r=abcdefgh | without channel binding data",
      "SCRAM-SHA-256 | p=tls-server-end-point,,n=,r=abcdefgh | but sent channel binding data",
      "SCRAM-SHA-256-PLUS | p=tls-unique,,n=,r=abcdefgh | Only tls-server-end-point",
      "SCRAM-SHA-256-PLUS | p=tls-exporter,,n=,r=abcdefgh | Only tls-server-end-point"})
  void mechanism_and_flag_have_to_agree(String mechanism, String message, String saying)
      throws Exception {
    try (WireClient client = opened()) {
      first(client, mechanism, message);
      refused(client, "08P01", saying);
    }
  }

  @Test
  void a_client_that_saw_another_certificate_is_refused_although_it_has_the_secret()
      throws Exception {
    try (WireClient client = opened()) {
      byte[] forged = endPoint(client);
      forged[0] ^= 1;
      client.prove(url.secret(), Optional.of(forged));
      refused(client, "28000", "another certificate");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SCRAM-SHA-1", "SCRAM-SHA-512", "PLAIN", "ANONYMOUS", "EXTERNAL",
      "scram-sha-256", "SCRAM-SHA-256 ", "SCRAM-SHA-256-PLUS-PLUS"})
  void a_mechanism_that_was_not_offered_is_refused(String mechanism) throws Exception {
    try (WireClient client = opened()) {
      first(client, mechanism, "n,,n=,r=abcdefgh");
      refused(client, "08P01", "invalid SASL authentication mechanism");
    }
  }

  @Test
  void a_proof_that_was_overheard_is_worth_nothing_in_another_login() throws Exception {
    ScramClient scram = new ScramClient(Secret.ofText(url.secret()), new SecureRandom());
    String first = new String(scram.clientFirst(), StandardCharsets.UTF_8);
    try (WireClient heard = opened(); WireClient replayed = opened()) {
      first(heard, PLAIN, first);
      byte[] proof = scram.clientFinal(((AuthenticationSaslContinue) heard.read()).data());
      first(replayed, PLAIN, first);
      replayed.read();

      replayed.send(out -> FrontendMessages.saslResponse(out, proof));
      refused(replayed, "08P01", "nonce is not the one");
      heard.send(out -> FrontendMessages.saslResponse(out, proof));
      heard.readTo(AuthenticationOk.class);
    }
  }

  @Test
  void the_servers_part_of_the_nonce_is_never_the_same() throws Exception {
    try (WireClient one = opened(); WireClient other = opened()) {
      first(one, PLAIN, "n,,n=,r=abcdefgh");
      first(other, PLAIN, "n,,n=,r=abcdefgh");
      String here = new String(((AuthenticationSaslContinue) one.read()).data(),
          StandardCharsets.US_ASCII);
      String there = new String(((AuthenticationSaslContinue) other.read()).data(),
          StandardCharsets.US_ASCII);
      assertThat(here).startsWith("r=abcdefgh").isNotEqualTo(there);
      assertThat(here.substring(here.indexOf(",s="))).as("salt and iterations")
          .isEqualTo(there.substring(there.indexOf(",s=")));
    }
  }

  @Test
  void a_message_that_is_too_long_is_refused_from_its_header() throws Exception {
    try (WireClient client = opened()) {
      client.read();
      client.send(out -> out.writeByte('p').writeInt(1 << 30));
      refused(client, "08P01", "");
    }
    try (WireClient client = opened()) {
      first(client, PLAIN, "n,,n=,r=" + "x".repeat(2_000));
      refused(client, "08P01", "");
    }
  }

  @Test
  void nothing_but_the_proof_may_come_before_it() throws Exception {
    for (byte[] early : List.of(WireClient.bytes(out -> FrontendMessages.query(out, "select 1")),
        WireClient.bytes(FrontendMessages::terminate),
        WireClient.bytes(out -> out.writeByte('S').writeInt(4)),
        WireClient.bytes(out -> out.writeByte('d').writeInt(5).writeByte(0)))) {
      try (WireClient client = opened()) {
        client.read();
        client.send(early);
        refused(client, "08P01", "expected SASL response");
      }
    }
  }

  @Test
  void the_last_message_cannot_come_first_nor_the_first_twice() throws Exception {
    byte[] first = "n,,n=,r=abcdefgh".getBytes(StandardCharsets.US_ASCII);
    try (WireClient early = opened()) {
      early.read();
      early.send(out -> FrontendMessages.saslResponse(out,
          "c=biws,r=abcdefgh,p=AAAA".getBytes(StandardCharsets.US_ASCII)));
      refused(early, "08P01", "");
    }
    try (WireClient twice = opened()) {
      first(twice, PLAIN, "n,,n=,r=abcdefgh");
      twice.read();
      twice.send(out -> FrontendMessages.saslInitialResponse(out, PLAIN, first));
      refused(twice, "08P01", "");
    }
  }

  @Test
  void a_secret_in_cleartext_is_no_proof_and_is_not_repeated() throws Exception {
    byte[] secret = (url.secret() + "\0").getBytes(StandardCharsets.US_ASCII);
    try (WireClient client = opened()) {
      client.read();
      client.send(out -> out.writeByte('p').writeInt(4 + secret.length).writeBytes(secret));
      refused(client, "08P01", "");
      assertThat(client.transcript()).doesNotContain(url.secret());
    }
    assertThat(reveille.log()).doesNotContain(url.secret());
  }
}
