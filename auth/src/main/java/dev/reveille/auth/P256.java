package dev.reveille.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;

/** Keys for client certificates: EC on P-256. Made with the JDK alone, by whoever is to hold them. */
public final class P256 {
  private static final int BITS = 256;

  private P256() {
  }

  /**
   * A pair for {@link CertificateAuthority#certify}.
   *
   * @param publicInfo SubjectPublicKeyInfo
   * @param privatePem PKCS#8 in text form: a secret
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Pair(byte[] publicInfo, String privatePem) {
    /** Without the private key. */
    @Override
    public String toString() {
      return "Pair[P-256]";
    }
  }

  public static Pair generate(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair pair = generator.generateKeyPair();
      return new Pair(pair.getPublic().getEncoded(), new String(
          Pem.encode(Pem.PKCS8, pair.getPrivate().getEncoded()), StandardCharsets.US_ASCII));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("P-256 is part of every JDK", e);
    }
  }

  static PublicKey publicKey(byte[] info) {
    try {
      PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(info));
      if (key instanceof ECPublicKey ec
          && ec.getParams().getCurve().getField().getFieldSize() == BITS) {
        return key;
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not the public half of a P-256 key", e);
    }
    throw new IllegalArgumentException("not the public half of a P-256 key");
  }
}
