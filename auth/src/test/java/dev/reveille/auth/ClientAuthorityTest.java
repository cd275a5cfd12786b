package dev.reveille.auth;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ClientAuthorityTest {
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir
  Path directory;
  private final TestClock clock = new TestClock();
  private final UUID id = new UUID(1, 2);
  private CertificateAuthority authority;
  private P256.Pair pair;

  @BeforeEach
  void start() throws Exception {
    authority = CertificateAuthority.openOrCreate(directory.resolve("own"), clock,
        new SecureRandom());
    pair = P256.generate(new SecureRandom());
  }

  private IssuedCertificate issue(Duration life, Instant end) throws Exception {
    return authority.certify(pair.publicInfo(), "a_shop", id, life, end);
  }

  private List<X509Certificate> good() throws Exception {
    return List.of(read(issue(DAY, clock.instant().plus(DAY)).pem()));
  }

  private static X509Certificate read(String pem) throws CertificateException {
    return (X509Certificate) CertificateFactory.getInstance("X.509")
        .generateCertificate(
            new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void a_certificate_that_was_issued_here_names_login_and_credential() throws Exception {
    assertThat(authority.clients().verify(good()))
        .contains(new ClientCertificate("a_shop", Optional.of(id)));
    Path key = directory.resolve("client.key");
    Path certificate = directory.resolve("client.crt");
    Files.writeString(key, pair.privatePem());
    Files.writeString(certificate, issue(DAY, clock.instant().plus(DAY)).pem());
    assertThat(TlsIdentity.load(certificate, key).expiresAt())
        .isEqualTo(clock.instant().plus(DAY));
    assertThat(pair.toString()).doesNotContain("PRIVATE");
  }

  @Test
  void a_certificate_never_outlives_what_it_stands_for() throws Exception {
    assertThat(issue(DAY, clock.instant().plus(Duration.ofHours(2)).plusMillis(900)).expiresAt())
        .isEqualTo(clock.instant().plus(Duration.ofHours(2)));
    assertThat(issue(Duration.ofHours(1), clock.instant().plus(DAY)).expiresAt())
        .isEqualTo(clock.instant().plus(Duration.ofHours(1)));
    assertThatIllegalArgumentException().isThrownBy(() -> issue(DAY, clock.instant()));
  }

  @Test
  void only_keys_on_p256_are_certified() throws Exception {
    for (String algorithm : List.of("RSA", "Ed25519", "EC")) {
      KeyPair other = TestCertificates.keyPair(algorithm);
      assertThatIllegalArgumentException().as(algorithm)
          .isThrownBy(() -> authority.certify(other.getPublic().getEncoded(), "a_shop", id, DAY,
              clock.instant().plus(DAY)));
    }
  }

  @Test
  void an_expired_certificate_is_refused_in_the_handshake_too() throws Exception {
    var chain = good();
    clock.pass(DAY.plusSeconds(1));

    assertThat(authority.clients().verify(chain)).isEmpty();
    assertThatThrownBy(() -> authority.clients()
        .trustManager()
        .checkClientTrusted(chain.toArray(X509Certificate[]::new), "ECDHE_ECDSA"))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  void a_certificate_of_another_authority_is_refused() throws Exception {
    var other = CertificateAuthority.openOrCreate(directory.resolve("other"), clock,
        new SecureRandom());
    var issued = other.certify(pair.publicInfo(), "a_shop", id, DAY, clock.instant().plus(DAY));

    assertThat(authority.clients().verify(List.of(read(issued.pem())))).isEmpty();
    assertThat(other.clients().verify(List.of(read(issued.pem())))).isPresent();
    assertThat(authority.clients().verify(List.of())).isEmpty();
    assertThat(authority.clients().verify(List.of(authority.rootCertificate()))).isEmpty();
  }

  @Test
  void a_servers_certificate_is_no_clients() throws Exception {
    var server = ServerCertificate.open(authority, List.of());
    var chain = List.of(
        TlsIdentity.load(server.certificatePath(), server.keyPath()).certificate());

    assertThat(authority.clients().verify(chain)).isEmpty();
  }

  @Test
  void a_foreign_authority_is_taken_by_name_and_by_exactly_one() throws Exception {
    KeyPair root = TestCertificates.keyPair("EC256");
    var self = foreign("CN=theirs", root, root, true);
    Path file = directory.resolve("theirs.crt");
    TestCertificates.write(file, TestCertificates.pem(self));
    var theirs = ClientAuthority.load(file, clock);
    KeyPair client = TestCertificates.keyPair("EC256");

    assertThat(theirs.verify(List.of(foreign("O=x,CN=a_shop", root, client, true), self)))
        .contains(new ClientCertificate("a_shop", Optional.empty()));
    assertThat(theirs.verify(List.of(foreign("CN=a_shop,CN=a_other", root, client, true))))
        .isEmpty();
    assertThat(theirs.verify(List.of(foreign("CN=a_shop+CN=a_other", root, client, true))))
        .isEmpty();
    assertThat(theirs.verify(List.of(foreign("O=a_shop", root, client, true)))).isEmpty();
    assertThat(theirs.verify(List.of(foreign("CN=a_shop", root, client, false))))
        .as("not said to be for clients")
        .isEmpty();
  }

  private X509Certificate foreign(String subject, KeyPair root, KeyPair holder, boolean client)
      throws Exception {
    Instant now = clock.instant();
    var builder = new JcaX509v3CertificateBuilder(new X500Principal("CN=theirs"), BigInteger.TEN,
        Date.from(now), Date.from(now.plus(DAY)), new X500Principal(subject), holder.getPublic());
    if (client) {
      builder.addExtension(Extension.extendedKeyUsage, false,
          new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
    }
    return new JcaX509CertificateConverter().getCertificate(
        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(root.getPrivate())));
  }
}
