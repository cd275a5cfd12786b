package dev.reveille.auth;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Date;
import java.util.Deque;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Self-signed certificates of any kind, and their files as other tools write them. */
final class TestCertificates {
  private static final Provider BC = new BouncyCastleProvider();

  private static final Deque<KeyPair> RSA = new ArrayDeque<>();

  private TestCertificates() {
  }

  /** A key pair other than the one before. RSA keys take a while to find, so two take turns. */
  static KeyPair keyPair(String algorithm) throws Exception {
    if (algorithm.equals("RSA") && RSA.size() == 2) {
      RSA.addLast(RSA.removeFirst());
      return RSA.getLast();
    }
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm.replace("EC256", "EC"));
    if (algorithm.equals("RSA")) {
      generator.initialize(2048);
      RSA.addLast(generator.generateKeyPair());
      return RSA.getLast();
    }
    if (algorithm.equals("EC256")) {
      generator.initialize(new ECGenParameterSpec("secp256r1"));
    }
    return generator.generateKeyPair();
  }

  static X509Certificate selfSigned(KeyPair pair, String signature, Instant now) throws Exception {
    X500Principal name = new X500Principal("CN=test");
    return new JcaX509CertificateConverter()
        .getCertificate(new JcaX509v3CertificateBuilder(name, BigInteger.TWO,
            Date.from(now), Date.from(now.plus(Duration.ofDays(90))), name, pair.getPublic())
            .build(
                new JcaContentSignerBuilder(signature).setProvider(BC).build(pair.getPrivate())));
  }

  static String pem(X509Certificate certificate) throws Exception {
    return text(Pem.encode(Pem.CERTIFICATE, certificate.getEncoded()));
  }

  static String pkcs8(KeyPair pair) {
    return text(Pem.encode(Pem.PKCS8, pair.getPrivate().getEncoded()));
  }

  /** As {@code openssl ecparam -genkey} writes it: the curve, then the key in SEC1 form. */
  static String sec1(KeyPair pair, boolean namesCurve) throws Exception {
    var curve = SECObjectIdentifiers.secp256r1;
    var d = ((java.security.interfaces.ECPrivateKey) pair.getPrivate()).getS();
    ECPrivateKey key = namesCurve ? new ECPrivateKey(256, d, curve) : new ECPrivateKey(256, d);
    return text(Pem.encode("EC PARAMETERS", curve.getEncoded()))
        + text(Pem.encode("EC PRIVATE KEY", key.getEncoded()));
  }

  /** As {@code openssl genrsa -traditional} writes it. */
  static String pkcs1(KeyPair pair) throws Exception {
    byte[] inner = PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded())
        .parsePrivateKey()
        .toASN1Primitive()
        .getEncoded();
    return text(Pem.encode("RSA PRIVATE KEY", inner));
  }

  static void write(Path path, String... parts) throws Exception {
    Files.writeString(path, String.join("", parts));
  }

  private static String text(byte[] pem) {
    return new String(pem, StandardCharsets.US_ASCII);
  }
}
