package dev.reveille.auth;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;

/** Turns the content of PEM files into keys and certificates. Messages name the file, never its content. */
final class PemFiles {
  private static final List<String> KEY_ALGORITHMS = List.of("EC", "RSA", "RSASSA-PSS", "EdDSA");

  private PemFiles() {
  }

  static TlsIdentity identity(byte[] certificates, Path certificatePath, byte[] key, Path keyPath)
      throws IOException {
    List<X509Certificate> chain = certificates(certificates, certificatePath);
    PrivateKey privateKey = privateKey(key, keyPath);
    if (!belongTogether(privateKey, chain.getFirst().getPublicKey())) {
      throw new IOException(
          keyPath + " is not the key of the first certificate in " + certificatePath);
    }
    return new TlsIdentity(privateKey, chain);
  }

  static List<X509Certificate> certificates(byte[] content, Path path) throws IOException {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Pem block : Pem.blocks(content)) {
        if (block.label().equals(Pem.CERTIFICATE)) {
          chain.add(
              (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der())));
        }
      }
    } catch (CertificateException | IOException e) {
      throw new IOException(path + " holds a certificate that cannot be read: " + e.getMessage(),
          e);
    }
    if (chain.isEmpty()) {
      throw new IOException(path + " holds no certificate in PEM form");
    }
    return chain;
  }

  static PrivateKey privateKey(byte[] content, Path path) throws IOException {
    try {
      for (Pem block : Pem.blocks(content)) {
        // An EC PARAMETERS block may precede the key; a combined file may hold certificates too.
        if (block.label().endsWith("PRIVATE KEY")) {
          return privateKey(pkcs8(block));
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(path + " holds a private key that cannot be read: " + e.getMessage(),
          e);
    }
    throw new IOException(path + " holds no private key in PEM form");
  }

  private static byte[] pkcs8(Pem block) throws IOException {
    return switch (block.label()) {
      case Pem.PKCS8 -> block.der();
      case "EC PRIVATE KEY" -> OlderKeyForms.sec1(block.der());
      case "RSA PRIVATE KEY" -> OlderKeyForms.pkcs1(block.der());
      case "ENCRYPTED PRIVATE KEY" ->
        throw new IOException("the key is encrypted; store it without a passphrase");
      default -> throw new IOException("the form " + block.label() + " is not known");
    };
  }

  private static PrivateKey privateKey(byte[] pkcs8) throws IOException {
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (InvalidKeySpecException e) {
        // A key of another algorithm: the next one may know it.
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(algorithm + " is part of every JDK", e);
      }
    }
    throw new IOException("it is none of " + KEY_ALGORITHMS);
  }

  /** RSA by its modulus; the others by a signature, as the JDK gives no public half of a private key. */
  private static boolean belongTogether(PrivateKey key, PublicKey certified) {
    if (key instanceof RSAKey mine) {
      return certified instanceof RSAKey theirs && mine.getModulus().equals(theirs.getModulus());
    }
    try {
      String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "EdDSA";
      byte[] probe = {1, 2, 3, 4};
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
