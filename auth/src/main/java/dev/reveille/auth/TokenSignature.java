package dev.reveille.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.SignedJWT;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.Set;

/**
 * Signatures by private keys whose public half is published (RFC 7518, section 3; RFC 8037). Nothing
 * that is made with a shared secret, and never "none": a public key is no secret.
 */
final class TokenSignature {
  static final Set<JWSAlgorithm> ALGORITHMS = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.RS384,
      JWSAlgorithm.RS512, JWSAlgorithm.PS256, JWSAlgorithm.PS384, JWSAlgorithm.PS512,
      JWSAlgorithm.ES256, JWSAlgorithm.ES384, JWSAlgorithm.ES512, JWSAlgorithm.EdDSA,
      JWSAlgorithm.Ed25519);
  private static final int LEAST_RSA_BITS = 2048;
  /** SubjectPublicKeyInfo of an Ed25519 key, up to its 32 bytes (RFC 8410, section 10.1). */
  private static final byte[] ED25519_INFO = HexFormat.of().parseHex("302a300506032b6570032100");

  private TokenSignature() {
  }

  /** Whether {@code key} made the signature. A key that does not go with the algorithm did not. */
  static boolean good(SignedJWT token, JWK key) {
    try {
      return switch (key) {
        case RSAKey rsa -> rsa.size() >= LEAST_RSA_BITS
            && verified(token, new RSASSAVerifier(rsa.toRSAPublicKey()));
        case ECKey ec -> verified(token, new ECDSAVerifier(ec.toECPublicKey()));
        case OctetKeyPair ed when Curve.Ed25519.equals(ed.getCurve()) -> ed25519(token, ed);
        default -> false;
      };
    } catch (JOSEException | GeneralSecurityException e) {
      return false;
    }
  }

  private static boolean verified(SignedJWT token, JWSVerifier verifier) throws JOSEException {
    return verifier.supportedJWSAlgorithms().contains(token.getHeader().getAlgorithm())
        && token.verify(verifier);
  }

  private static boolean ed25519(SignedJWT token, OctetKeyPair key)
      throws GeneralSecurityException {
    var algorithm = token.getHeader().getAlgorithm();
    var point = key.getDecodedX();
    if (point.length != 32
        || !(algorithm.equals(JWSAlgorithm.EdDSA) || algorithm.equals(JWSAlgorithm.Ed25519))) {
      return false;
    }
    var info = new byte[ED25519_INFO.length + point.length];
    System.arraycopy(ED25519_INFO, 0, info, 0, ED25519_INFO.length);
    System.arraycopy(point, 0, info, ED25519_INFO.length, point.length);
    var signature = Signature.getInstance("Ed25519");
    signature.initVerify(
        KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(info)));
    signature.update(token.getSigningInput());
    return signature.verify(token.getSignature().decode());
  }
}
