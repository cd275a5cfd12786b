package dev.reveille.auth;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes keys and certificates with Bouncy Castle: ECDSA on P-256, signed with SHA-256. Loaded only when one is made. */
final class CertificateMaker {
  static final Duration ROOT_LIFETIME = Duration.ofDays(3650);
  static final Duration SERVER_LIFETIME = Duration.ofDays(90);

  /** Clients whose clock is a little behind ours take a new certificate too. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofHours(1);
  private static final int SERIAL_BITS = 127;

  private final SecureRandom random;

  CertificateMaker(SecureRandom random) {
    this.random = random;
  }

  TlsIdentity root(Instant now) throws IOException {
    try {
      KeyPair pair = keyPair();
      // Each root has a name of its own, so that a client that trusts two of them does not mix them up.
      X500Principal name = new X500Principal(
          "CN=Reveille root " + HexFormat.of().toHexDigits(random.nextInt()));
      JcaX509v3CertificateBuilder builder = builder(name, name, pair.getPublic(), now,
          now.plus(ROOT_LIFETIME));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(Extension.keyUsage, true,
          new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      return new TlsIdentity(pair.getPrivate(), List.of(sign(builder, pair.getPrivate())));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("a root certificate could not be made", e);
    }
  }

  TlsIdentity server(TlsIdentity root, ServerNames names, Instant now) throws IOException {
    try {
      KeyPair pair = keyPair();
      Instant wanted = now.plus(SERVER_LIFETIME);
      Instant end = wanted.isBefore(root.expiresAt()) ? wanted : root.expiresAt();
      X500Principal issuer = root.certificate().getSubjectX500Principal();
      JcaX509v3CertificateBuilder builder = builder(issuer, new X500Principal("CN=reveille"),
          pair.getPublic(), now, end);
      builder.addExtension(Extension.authorityKeyIdentifier, false,
          new JcaX509ExtensionUtils()
              .createAuthorityKeyIdentifier(root.certificate().getPublicKey()));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false,
          new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
      builder.addExtension(Extension.subjectAlternativeName, false, alternativeNames(names));
      return new TlsIdentity(pair.getPrivate(), List.of(sign(builder, root.key())));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("a server certificate could not be made", e);
    }
  }

  /** For a key pair that somebody else holds; {@code id} is a URI in the alternative names. */
  X509Certificate client(TlsIdentity root, PublicKey key, String commonName, String id, Instant now,
      Instant end) throws IOException {
    try {
      Instant last = end.isBefore(root.expiresAt()) ? end : root.expiresAt();
      JcaX509v3CertificateBuilder builder = builder(root.certificate().getSubjectX500Principal(),
          new X500Principal("CN=" + commonName), key, now, last);
      builder.addExtension(Extension.authorityKeyIdentifier, false,
          new JcaX509ExtensionUtils()
              .createAuthorityKeyIdentifier(root.certificate().getPublicKey()));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false,
          new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth));
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(
          new GeneralName(GeneralName.uniformResourceIdentifier, id)));
      return sign(builder, root.key());
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("a client certificate could not be made", e);
    }
  }

  private KeyPair keyPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private JcaX509v3CertificateBuilder builder(X500Principal issuer, X500Principal subject,
      PublicKey key, Instant now, Instant end) throws GeneralSecurityException, IOException {
    BigInteger serial = new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1);
    JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(issuer, serial,
        Date.from(now.minus(CLOCK_TOLERANCE)), Date.from(end), subject, key);
    builder.addExtension(Extension.subjectKeyIdentifier, false,
        new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
    return builder;
  }

  private X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey signer)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter().getCertificate(builder.build(
        new JcaContentSignerBuilder("SHA256withECDSA").setSecureRandom(random).build(signer)));
  }

  private static GeneralNames alternativeNames(ServerNames names) {
    List<GeneralName> all = new ArrayList<>();
    names.dnsNames().forEach(name -> all.add(new GeneralName(GeneralName.dNSName, name)));
    names.addresses()
        .forEach(address -> all.add(
            new GeneralName(GeneralName.iPAddress,
                new DEROctetString(InetAddress.ofLiteral(address).getAddress()))));
    return new GeneralNames(all.toArray(GeneralName[]::new));
  }
}
