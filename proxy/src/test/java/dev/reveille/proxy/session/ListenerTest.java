package dev.reveille.proxy.session;

import dev.reveille.auth.CertificateAuthority;
import dev.reveille.auth.Secret;
import dev.reveille.auth.ServerCertificate;
import dev.reveille.auth.TlsIdentity;
import dev.reveille.wire.BackendMessage;
import dev.reveille.wire.FrontendMessages;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** How clients arrive: PROXY headers, certificates, slow ones and hostile ones. */
class ListenerTest {
  private static final SessionSettings PATIENT = new SessionSettings(Duration.ofSeconds(20),
      Duration.ofMillis(50), Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ofMillis(5),
      Duration.ofMillis(50),
      false, 64 * 1024, 1000, 1000);
  private static final SessionSettings HASTY = new SessionSettings(Duration.ofMillis(300),
      Duration.ofMillis(50), Duration.ofMillis(300), Duration.ofSeconds(1), Duration.ofMillis(5),
      Duration.ofMillis(50),
      false, 64 * 1024, 1000, 2);

  private TestProxy proxy = new TestProxy(PATIENT);

  private void restart(SessionSettings settings, boolean proxyHeader) {
    proxy.close();
    proxy = new TestProxy(settings, proxyHeader);
  }

  @AfterEach
  void nothingIsLeft() {
    await().untilAsserted(() -> assertThat(proxy.sessions.count()).isZero());
    assertThat(proxy.sessions.held()).isZero();
    assertThat(proxy.heard.closed).hasSize(proxy.heard.opened.get());
    proxy.close();
  }

  /** The fixed part of a header of version 2, and an IPv4 address block of 12 bytes. */
  private static byte[] header(int command, int family, int... source) {
    var out = Unpooled.buffer();
    out.writeBytes(new byte[]{13, 10, 13, 10, 0, 13, 10, 'Q', 'U', 'I', 'T', 10});
    out.writeByte(0x20 | command).writeByte(family).writeShort(source.length == 0 ? 0 : 12);
    for (var part : source) {
      out.writeByte(part);
    }
    if (source.length > 0) {
      out.writeInt(0x7F000001).writeShort(40_000).writeShort(6_432);
    }
    var bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }

  @Test
  void a_proxy_header_says_who_the_client_is() throws Exception {
    restart(PATIENT, true);
    for (var attempt = 0; attempt < 10; attempt++) {
      try (var client = new RawClient(proxy.port())) {
        client.send(header(1, 0x11, 192, 0, 2, 7));
        client.tls().startup("a_agent", "shop").prove(Secret.ofText("wk_wrong"));
        assertThat(client.read()).isInstanceOf(BackendMessage.ErrorResponse.class);
      }
    }

    try (var limited = new RawClient(proxy.port()); var other = new RawClient(proxy.port())) {
      limited.send(header(1, 0x11, 192, 0, 2, 7));
      other.send(header(1, 0x11, 192, 0, 2, 8));

      assertThat(limited.tls().startup("a_agent", "shop").read())
          .isInstanceOfSatisfying(BackendMessage.ErrorResponse.class,
              error -> assertThat(error.fields().message()).contains("too many failed logins"));
      other.tls().startup("a_agent", "shop").prove(Given.SECRET);
      assertThat(other.readTo(BackendMessage.ReadyForQuery.class)).isNotEmpty();
    }
  }

  @Test
  void a_balancers_own_check_leaves_without_a_word() throws Exception {
    restart(PATIENT, true);
    try (var client = new RawClient(proxy.port())) {
      client.send(header(0, 0));
    }
    await().untilAsserted(
        () -> assertThat(proxy.heard.closed).containsExactly(CloseReason.PROBE));
    assertThat(proxy.heard.refused).isEmpty();
  }

  @Test
  void a_header_in_pieces_is_put_together() throws Exception {
    restart(PATIENT, true);
    try (var client = new RawClient(proxy.port())) {
      for (var part : header(1, 0x11, 192, 0, 2, 7)) {
        client.send(new byte[]{part});
      }
      client.tls().startup("a_agent", "shop").prove(Given.SECRET);
      assertThat(client.readTo(BackendMessage.ReadyForQuery.class)).isNotEmpty();
    }
  }

  @Test
  void nothing_but_version_two_is_a_header() throws Exception {
    restart(PATIENT, true);
    for (var instead : List.of(
        "PROXY TCP4 192.0.2.7 127.0.0.1 1 2\r\n".getBytes(StandardCharsets.US_ASCII),
        RawClient.bytes(FrontendMessages::sslRequest))) {
      try (var client = new RawClient(proxy.port())) {
        client.send(instead);
        assertThat(new String(client.readToEnd(), StandardCharsets.UTF_8))
            .contains("expected a PROXY protocol header");
      }
    }
    try (var client = new RawClient(proxy.port())) {
      client.send("\r\n\r\n\0\r\nNOPE\nxxxxxxx".getBytes(StandardCharsets.US_ASCII));
      assertThat(client.ended()).isTrue();
    }
    await().untilAsserted(() -> assertThat(proxy.heard.refused).hasSize(3));
  }

  @Test
  void a_new_certificate_is_served_without_a_restart(@TempDir Path directory) throws Exception {
    try (var before = DriverManager.getConnection(proxy.url(
        "sslmode=verify-full&sslrootcert=" + TestProxy.rootCertificate()))) {
      var authority = CertificateAuthority.openOrCreate(directory, InstantSource.system(),
          new SecureRandom());
      var renewed = ServerCertificate.open(authority, List.of());
      proxy.identity = TlsIdentity.load(renewed.certificatePath(), renewed.keyPath());

      assertThatThrownBy(() -> DriverManager.getConnection(proxy.url(
          "sslmode=verify-full&sslrootcert=" + TestProxy.rootCertificate())))
          .isInstanceOf(SQLException.class);
      try (var after = DriverManager.getConnection(proxy.url("channelBinding=require&"
          + "sslmode=verify-full&sslrootcert=" + authority.rootCertificatePath()))) {
        assertThat(after.isValid(5)).isTrue();
      }
      assertThat(before.isValid(5)).isTrue();
    }
  }

  @Test
  void a_client_that_says_nothing_is_sent_away_in_silence() throws Exception {
    restart(HASTY, false);
    try (var client = new RawClient(proxy.port())) {
      assertThat(client.readToEnd()).isEmpty();
    }
    assertThat(proxy.heard.refused).isEmpty();
  }

  @Test
  void a_client_that_does_not_prove_itself_in_time_is_told_so() throws Exception {
    restart(HASTY, false);
    try (var client = new RawClient(proxy.port()).tls()) {
      client.startup("a_agent", "shop");
      var error = (BackendMessage.ErrorResponse) client
          .readTo(BackendMessage.ErrorResponse.class)
          .getLast();
      assertThat(error.fields().message())
          .isEqualTo("canceling authentication due to timeout");
    }
  }

  @Test
  void a_wake_that_takes_too_long_is_given_up_with_a_retryable_error() throws Exception {
    restart(
        new SessionSettings(Duration.ofSeconds(20), Duration.ofMillis(50), Duration.ofMillis(300),
            Duration.ofSeconds(1), Duration.ofMillis(5), Duration.ofMillis(50), false, 64 * 1024,
            1000, 2),
        false);
    proxy.computes.script = Optional::empty;
    try (var client = new RawClient(proxy.port()).tls()) {
      client.startup("a_agent", "shop").prove(Given.SECRET);
      var error = (BackendMessage.ErrorResponse) client
          .readTo(BackendMessage.ErrorResponse.class)
          .getLast();
      assertThat(error.fields().sqlState()).isEqualTo("57P03");
      assertThat(error.fields().message()).isEqualTo("database \"shop\" is still waking");
    }
    await().untilAsserted(
        () -> assertThat(proxy.computes.wakes.getFirst().abandoned).isTrue());
  }

  @Test
  void one_session_too_many_is_refused_before_its_proof() throws Exception {
    restart(
        new SessionSettings(Duration.ofSeconds(20), Duration.ofMillis(50), Duration.ofSeconds(20),
            Duration.ofSeconds(1), Duration.ofMillis(5), Duration.ofMillis(50), false, 64 * 1024,
            1000, 2),
        false);
    try (var first = new RawClient(proxy.port()).tls();
        var second = new RawClient(proxy.port()).tls();
        var third = new RawClient(proxy.port()).tls()) {
      assertThat(third.startup("a_agent", "shop").read())
          .isInstanceOfSatisfying(BackendMessage.ErrorResponse.class,
              error -> assertThat(error.fields().sqlState()).isEqualTo("53300"));
      for (var client : List.of(first, second)) {
        client.startup("a_agent", "shop").prove(Given.SECRET);
        assertThat(client.readTo(BackendMessage.ReadyForQuery.class)).isNotEmpty();
      }
    }
  }

  @Test
  void a_credentials_limit_on_connections_is_explained() throws Exception {
    proxy.directory.put(Given.limited(Given.credential("a_agent"), 1));
    try (var first = new RawClient(proxy.port()).tls();
        var second = new RawClient(proxy.port()).tls()) {
      first.startup("a_agent", "shop").prove(Given.SECRET);
      first.readTo(BackendMessage.ReadyForQuery.class);
      second.startup("a_agent", "shop").prove(Given.SECRET);

      var error = (BackendMessage.ErrorResponse) second
          .readTo(BackendMessage.ErrorResponse.class)
          .getLast();
      assertThat(error.fields().sqlState()).isEqualTo("53300");
      assertThat(error.fields().detail()).hasValueSatisfying(
          detail -> assertThat(detail).contains("connections of the credential = 1"));
      assertThat(error.fields().hint()).isPresent();
    }
  }

  @Test
  void without_the_catalog_a_client_is_asked_to_try_again() throws Exception {
    proxy.directory.reachable = false;
    try (var client = new RawClient(proxy.port()).tls()) {
      assertThat(client.startup("a_agent", "shop").prove(Given.SECRET).read())
          .isInstanceOfSatisfying(BackendMessage.ErrorResponse.class,
              error -> assertThat(error.fields().sqlState()).isEqualTo("57P03"));
    }
  }
}
