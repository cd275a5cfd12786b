package dev.reveille.auth;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CertificateAuthorityTest {
  private final TestClock clock = new TestClock();
  private final SecureRandom random = new SecureRandom();
  @TempDir
  private Path temporary;
  private Path tls;

  @BeforeEach
  void choose_a_directory_that_is_not_there_yet() {
    tls = temporary.resolve("home/tls");
  }

  @Test
  void the_first_start_makes_everything_and_keys_are_for_their_owner_alone() throws Exception {
    ServerCertificate server = server(authority());

    assertThat(tls).isDirectoryContaining(path -> path.endsWith("root.crt"));
    assertThat(permissions("root.key")).isEqualTo("rw-------");
    assertThat(permissions("server.key")).isEqualTo("rw-------");
    assertThat(permissions("root.crt")).isEqualTo("rw-r--r--");
    assertThat(permissions("server.crt")).isEqualTo("rw-r--r--");
    try (var files = Files.list(tls)) {
      assertThat(files).hasSize(4);
    }
    assertThat(server.renewIfNeeded()).isFalse();
  }

  @Test
  void certificates_are_ecdsa_on_p256_for_the_names_that_clients_use() throws Exception {
    CertificateAuthority authority = authority();
    X509Certificate certificate = load(
        ServerCertificate.open(authority,
            List.of("db.example.org", "*.pg.example.org", "10.1.2.3", "2001:DB8::5"),
            Optional.of("Workshop")))
        .certificate();

    assertThat(((ECPublicKey) certificate.getPublicKey()).getParams().getOrder().bitLength())
        .isEqualTo(256);
    assertThat(certificate.getSigAlgName()).isEqualTo("SHA256withECDSA");
    assertThat(ServerNames.of(certificate).dnsNames()).containsExactlyInAnyOrder("localhost",
        "workshop",
        "db.example.org", "*.pg.example.org");
    assertThat(ServerNames.of(certificate).addresses()).containsExactlyInAnyOrder("127.0.0.1",
        "0:0:0:0:0:0:0:1",
        "10.1.2.3", "2001:db8:0:0:0:0:0:5");
    assertThat(authority.rootCertificate().getBasicConstraints()).isZero();
    assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
    certificate.verify(authority.rootCertificate().getPublicKey());
  }

  @Test
  void a_second_start_changes_nothing() throws Exception {
    TlsIdentity before = load(server(authority()));
    X509Certificate root = authority().rootCertificate();

    clock.pass(Duration.ofDays(59));

    assertThat(load(server(authority()))).isEqualTo(before);
    assertThat(authority().rootCertificate()).isEqualTo(root);
  }

  @Test
  void a_certificate_is_renewed_with_a_fresh_key_when_thirty_days_are_left() throws Exception {
    CertificateAuthority authority = authority();
    ServerCertificate server = server(authority);
    TlsIdentity before = load(server);

    clock.pass(Duration.ofDays(60));

    assertThat(server.renewIfNeeded()).isTrue();
    assertThat(load(server).expiresAt()).isEqualTo(before.expiresAt().plus(Duration.ofDays(60)));
    assertThat(load(server).certificate().getPublicKey())
        .isNotEqualTo(before.certificate().getPublicKey());
    assertThat(server.renewIfNeeded()).isFalse();
  }

  @Test
  void other_names_make_another_certificate() throws Exception {
    CertificateAuthority authority = authority();
    TlsIdentity before = load(server(authority));

    ServerCertificate renamed = ServerCertificate.open(authority, List.of("db.example.org"),
        Optional.empty());

    assertThat(load(renamed)).isNotEqualTo(before);
    assertThat(ServerNames.of(load(renamed).certificate()).dnsNames()).contains("db.example.org");
    assertThat(renamed.renewIfNeeded()).isFalse();
  }

  @Test
  void a_broken_half_missing_or_foreign_server_certificate_is_made_anew() throws Exception {
    CertificateAuthority authority = authority();
    ServerCertificate server = server(authority);

    Files.writeString(server.certificatePath(), "not a certificate");
    assertThat(server.renewIfNeeded()).isTrue();
    Files.delete(server.keyPath());
    assertThat(server.renewIfNeeded()).isTrue();
    Files.copy(tls.resolve("root.key"), server.keyPath(), StandardCopyOption.REPLACE_EXISTING);
    assertThat(server.renewIfNeeded()).isTrue();

    Files.delete(tls.resolve("root.crt"));
    ServerCertificate ofNewRoot = server(authority());
    load(ofNewRoot).certificate().verify(authority().rootCertificate().getPublicKey());
    assertThat(ofNewRoot.renewIfNeeded()).isFalse();
  }

  @Test
  void a_root_that_clients_may_trust_is_never_replaced() throws Exception {
    authority();
    Path root = tls.resolve("root.crt");
    byte[] trusted = Files.readAllBytes(root);

    Files.delete(tls.resolve("root.key"));
    assertThatThrownBy(this::authority).hasMessageContaining("has lost its key");
    Files.writeString(tls.resolve("root.key"), "junk");
    assertThatThrownBy(this::authority).hasMessageContaining("root.key holds no private key");

    assertThat(root).hasBinaryContent(trusted);
  }

  @Test
  void near_the_end_of_the_root_a_certificate_ends_with_it_and_is_not_renewed_over_and_over()
      throws Exception {
    CertificateAuthority authority = authority();
    clock.pass(Duration.ofDays(3640));

    ServerCertificate server = server(authority);

    assertThat(load(server).certificate().getNotAfter())
        .isEqualTo(authority.rootCertificate().getNotAfter());
    assertThat(server.renewIfNeeded()).isFalse();
  }

  @Test
  void what_is_no_name_is_refused_except_this_hosts_own() throws Exception {
    CertificateAuthority authority = authority();

    for (String bad : List.of("", "a b", "-x", "x-", "a..b", "*", "a.*.b", "10.0.0.256",
        "x".repeat(64), "fe80::1%lo",
        "http://x")) {
      assertThatThrownBy(() -> ServerCertificate.open(authority, List.of(bad), Optional.empty()))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(ServerNames.of(List.of(), Optional.of("my_laptop")).dnsNames())
        .containsExactly("localhost");
  }

  private CertificateAuthority authority() throws Exception {
    return CertificateAuthority.openOrCreate(tls, clock, random);
  }

  private static ServerCertificate server(CertificateAuthority authority) throws Exception {
    return ServerCertificate.open(authority, List.of(), Optional.of("workshop"));
  }

  private static TlsIdentity load(ServerCertificate server) throws Exception {
    return TlsIdentity.load(server.certificatePath(), server.keyPath());
  }

  private String permissions(String file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(tls.resolve(file)));
  }
}
