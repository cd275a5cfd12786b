package dev.reveille.auth;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.reveille.auth.TestCertificates.keyPair;
import static dev.reveille.auth.TestCertificates.pem;
import static dev.reveille.auth.TestCertificates.pkcs1;
import static dev.reveille.auth.TestCertificates.pkcs8;
import static dev.reveille.auth.TestCertificates.sec1;
import static dev.reveille.auth.TestCertificates.selfSigned;
import static dev.reveille.auth.TestCertificates.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TlsIdentityTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  @TempDir
  private Path directory;
  private Path certificateFile;
  private Path keyFile;

  @BeforeEach
  void name_the_files() {
    certificateFile = directory.resolve("server.crt");
    keyFile = directory.resolve("server.key");
  }

  @Test
  void keys_are_read_in_every_form_that_openssl_writes() throws Exception {
    KeyPair ec = keyPair("EC256");
    KeyPair rsa = keyPair("RSA");
    KeyPair ed = keyPair("Ed25519");
    X509Certificate ecCertificate = selfSigned(ec, "SHA256withECDSA", NOW);
    X509Certificate rsaCertificate = selfSigned(rsa, "SHA256withRSA", NOW);

    for (String form : List.of(pkcs8(ec), sec1(ec, true), "a comment\n" + sec1(ec, true),
        pem(ecCertificate) + pkcs8(ec),
        pkcs8(ec).replace("\n", "\r\n"))) {
      assertThat(load(pem(ecCertificate), form).key()).isInstanceOfSatisfying(ECPrivateKey.class,
          key -> assertThat(key.getS()).isEqualTo(((ECPrivateKey) ec.getPrivate()).getS()));
    }
    for (String form : List.of(pkcs8(rsa), pkcs1(rsa))) {
      assertThat(load(pem(rsaCertificate), form).key()).isEqualTo(rsa.getPrivate());
    }
    assertThat(load(pem(selfSigned(ed, "Ed25519", NOW)), pkcs8(ed)).key())
        .isEqualTo(ed.getPrivate());
  }

  @Test
  void a_chain_keeps_its_order_and_ends_with_its_first_end() throws Exception {
    KeyPair own = keyPair("EC256");
    X509Certificate first = selfSigned(own, "SHA256withECDSA", NOW);
    X509Certificate second = selfSigned(keyPair("EC256"), "SHA256withECDSA", NOW.minusSeconds(60));

    TlsIdentity identity = load("issued by us\n" + pem(first) + "\n" + pem(second), pkcs8(own));

    assertThat(identity.chain()).containsExactly(first, second);
    assertThat(identity.certificate()).isEqualTo(first);
    assertThat(identity.expiresAt()).isEqualTo(second.getNotAfter().toInstant());
    assertThat(identity.toString()).contains("CN=test").doesNotContain("PrivateKey");
  }

  @Test
  void a_key_of_another_certificate_is_refused() throws Exception {
    for (List<String> kind : List.of(List.of("EC256", "SHA256withECDSA"),
        List.of("RSA", "SHA256withRSA"),
        List.of("Ed25519", "Ed25519"))) {
      X509Certificate certificate = selfSigned(keyPair(kind.get(0)), kind.get(1), NOW);
      for (String other : List.of("EC256", "RSA", "Ed25519")) {
        assertThatThrownBy(() -> load(pem(certificate), pkcs8(keyPair(other))))
            .hasMessageContaining("server.key is not the key of the first certificate");
      }
    }
  }

  @Test
  void files_that_cannot_be_used_are_named_and_never_quoted() throws Exception {
    KeyPair ec = keyPair("EC256");
    String certificate = pem(selfSigned(ec, "SHA256withECDSA", NOW));
    String key = pkcs8(ec);
    String begin = "-----BEGIN PRIVATE KEY-----\n";
    String end = "\n-----END PRIVATE KEY-----\n";

    assertBad("", key, "server.crt holds no certificate");
    assertBad(key, key, "server.crt holds no certificate");
    assertBad(certificate.replaceFirst("MII", "AAA"), key,
        "server.crt holds a certificate that cannot be read");
    assertBad(certificate.replaceFirst("MII", "M*I"), key, "not base64");
    assertBad(certificate, "", "server.key holds no private key");
    assertBad(certificate, key.substring(0, key.length() / 2), "server.key holds no private key");
    assertBad(certificate, begin + "AAAA" + end, "it is none of");
    assertBad(certificate,
        begin.replace("PRIV", "ENCRYPTED PRIV") + "AAAA" + end.replace("PRIV", "ENCRYPTED PRIV"),
        "without a passphrase");
    assertBad(certificate, begin.replace("PRIV", "RSA PRIV") + "Proc-Type: 4,ENCRYPTED\n\nAAAA"
        + end.replace("PRIV", "RSA PRIV"), "without a passphrase");
    assertBad(certificate,
        begin.replace("PRIV", "DSA PRIV") + "AAAA" + end.replace("PRIV", "DSA PRIV"), "not known");
    assertBad(certificate,
        begin.replace("PRIV", "EC PRIV") + "AAAA" + end.replace("PRIV", "EC PRIV"),
        "server.key holds a private key that cannot be read");
    assertBad(certificate, sec1(ec, false), "does not name its curve");
  }

  @ParameterizedTest
  @CsvSource({"EC256, SHA256withECDSA, SHA-256", "EC256, SHA384withECDSA, SHA-384",
      "EC256, SHA512withECDSA, SHA-512",
      "EC256, SHA1withECDSA, SHA-256", "RSA, SHA256withRSA, SHA-256", "RSA, SHA512withRSA, SHA-512",
      "RSA, SHA224withRSA, SHA-224", "RSA, SHA1withRSA, SHA-256", "RSA, MD5withRSA, SHA-256",
      "RSA, SHA256withRSAandMGF1, SHA-256", "RSA, SHA384withRSAandMGF1, SHA-384"})
  void the_channel_is_bound_with_the_hash_of_the_signature(String algorithm, String signature,
      String hash)
      throws Exception {
    X509Certificate certificate = selfSigned(keyPair(algorithm), signature, NOW);

    assertThat(TlsServerEndPoint.of(certificate)).hasValueSatisfying(
        found -> assertThat(found).isEqualTo(digest(hash, certificate)));
  }

  @ParameterizedTest
  @CsvSource({"Ed25519, Ed25519", "Ed448, Ed448"})
  void a_signature_without_a_hash_of_its_own_binds_nothing(String algorithm, String signature)
      throws Exception {
    assertThat(TlsServerEndPoint.of(selfSigned(keyPair(algorithm), signature, NOW))).isEmpty();
  }

  private TlsIdentity load(String certificates, String key) throws Exception {
    write(certificateFile, certificates);
    write(keyFile, key);
    return TlsIdentity.load(certificateFile, keyFile);
  }

  private void assertBad(String certificates, String key, String reason) {
    assertThatThrownBy(() -> load(certificates, key)).isInstanceOf(IOException.class)
        .hasMessageContaining(reason)
        .hasMessageNotContaining("AAAA");
  }

  private static byte[] digest(String hash, X509Certificate certificate) {
    try {
      return MessageDigest.getInstance(hash).digest(certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
