package dev.reveille.proxy.session;

import dev.reveille.auth.CertificateAuthority;
import dev.reveille.auth.P256;
import dev.reveille.auth.TlsIdentity;
import dev.reveille.wire.BackendMessage.ErrorResponse;
import dev.reveille.wire.BackendMessage.ReadyForQuery;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.FrontendMessages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/** Client certificates, over real sockets and to a real Postgres. */
@SuppressWarnings("NullAway.Init")
class CertificateSessionsTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir
  Path directory;
  private volatile Instant now = InstantSource.system().instant();
  private CertificateAuthority authority;
  private TestProxy proxy;

  @BeforeEach
  void start() throws Exception {
    authority = CertificateAuthority.openOrCreate(directory.resolve("own"), () -> now,
        new SecureRandom());
    proxy = new TestProxy(SessionSettings.DEFAULTS, false,
        new ProofDemand.Certificate(authority.clients()));
  }

  @AfterEach
  void nothingIsLeft() {
    await().untilAsserted(() -> assertThat(proxy.sessions.count()).isZero());
    assertThat(proxy.sessions.held()).isZero();
    proxy.close();
  }

  private TlsIdentity issued(CertificateAuthority by, String name, UUID id) throws Exception {
    var pair = P256.generate(new SecureRandom());
    var files = Files.createTempDirectory(directory, "client");
    Files.writeString(files.resolve("key"), pair.privatePem());
    Files.writeString(files.resolve("crt"),
        by.certify(pair.publicInfo(), name, id, HOUR, now.plus(HOUR)).pem());
    return TlsIdentity.load(files.resolve("crt"), files.resolve("key"));
  }

  private static UUID id(String name) {
    return Given.credential(name).id().value();
  }

  private ErrorFields refusal(TlsIdentity shown, String user) throws Exception {
    try (var client = new RawClient(proxy.port()).showing(shown).tls().startup(user, "shop")) {
      return ((ErrorResponse) client.readTo(ErrorResponse.class).getLast()).fields();
    }
  }

  @Test
  void a_certificate_of_the_credential_is_its_login() throws Exception {
    try (var client = new RawClient(proxy.port())
        .showing(issued(authority, "a_agent", id("a_agent")))
        .tls()
        .startup("a_agent", "shop")) {
      client.readTo(ReadyForQuery.class);
      client.send(FrontendMessages::terminate);
    }
    assertThat(proxy.computes.roles).singleElement()
        .satisfies(role -> assertThat(role.name()).isEqualTo("a_agent"));
  }

  @Test
  void another_login_an_earlier_credential_and_an_unknown_one_are_refused() throws Exception {
    proxy.directory.put(Given.credential("a_other"));
    var other = refusal(issued(authority, "a_other", id("a_other")), "a_agent");
    assertThat(other.sqlState()).isEqualTo("28000");
    assertThat(other.message())
        .isEqualTo("certificate authentication failed for user \"a_agent\"");

    var earlier = refusal(issued(authority, "a_agent", new UUID(9, 9)), "a_agent");
    assertThat(earlier.sqlState()).isEqualTo("28000");
    assertThat(earlier.detail()).contains("It was issued for an earlier credential of this name.");

    assertThat(refusal(issued(authority, "a_nobody", new UUID(9, 9)), "a_nobody").message())
        .isEqualTo("certificate authentication failed for user \"a_nobody\"");
    assertThat(proxy.computes.wakes).isEmpty();
  }

  @Test
  void no_certificate_and_no_tls_are_refused() throws Exception {
    try (var client = new RawClient(proxy.port()).tls().startup("a_agent", "shop")) {
      assertThat(((ErrorResponse) client.read()).fields().message())
          .isEqualTo("connection requires a valid client certificate");
    }
    try (var client = new RawClient(proxy.port()).startup("a_agent", "shop")) {
      assertThat(((ErrorResponse) client.read()).fields().message())
          .isEqualTo("connection requires TLS");
    }
    assertThat(proxy.computes.wakes).isEmpty();
  }

  @Test
  void a_foreign_certificate_counts_for_none_and_an_expired_one_ends_the_handshake()
      throws Exception {
    var foreign = CertificateAuthority.openOrCreate(directory.resolve("foreign"), () -> now,
        new SecureRandom());
    var stranger = issued(foreign, "a_agent", id("a_agent"));
    // The server names the authority that it takes: this client then shows nothing at all.
    assertThat(refusal(stranger, "a_agent").message())
        .isEqualTo("connection requires a valid client certificate");

    var expired = issued(authority, "a_agent", id("a_agent"));
    now = now.plus(HOUR).plusSeconds(1);
    assertThatThrownBy(() -> refusal(expired, "a_agent")).isInstanceOf(IOException.class);
    assertThat(proxy.computes.wakes).isEmpty();
  }

  @Test
  void a_revoked_credential_is_told_so() throws Exception {
    proxy.directory.put(Given.revoked(Given.credential("a_agent")));
    var told = refusal(issued(authority, "a_agent", id("a_agent")), "a_agent");
    assertThat(told.sqlState()).isEqualTo("28000");
    assertThat(told.message()).contains("revoked");
  }
}
