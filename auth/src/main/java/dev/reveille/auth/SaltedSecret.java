package dev.reveille.auth;

import java.security.GeneralSecurityException;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

import static dev.reveille.auth.ScramPrimitives.utf8;

/**
 * The keys of RFC 5802 section 3 that follow from a secret, a salt and a number of iterations. Computing one costs the
 * iterations (1 to 2 ms at 4,096).
 */
final class SaltedSecret {
  private final byte[] clientKey;
  private final byte[] serverKey;

  private SaltedSecret(byte[] clientKey, byte[] serverKey) {
    this.clientKey = clientKey;
    this.serverKey = serverKey;
  }

  static SaltedSecret of(Secret secret, byte[] salt, int iterations) {
    PBEKeySpec spec = new PBEKeySpec(SaslPrep.prepare(secret.reveal()).toCharArray(), salt,
        iterations,
        ScramPrimitives.KEY_BYTES * 8);
    try {
      // The JDK encodes the characters as UTF-8, as RFC 5802 asks.
      byte[] salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
          .generateSecret(spec)
          .getEncoded();
      return new SaltedSecret(ScramPrimitives.SHA_256.hmac(salted, utf8("Client Key")),
          ScramPrimitives.SHA_256.hmac(salted, utf8("Server Key")));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("PBKDF2WithHmacSHA256 is part of every JDK", e);
    } finally {
      spec.clearPassword();
    }
  }

  byte[] clientKey() {
    return clientKey;
  }

  byte[] storedKey() {
    return ScramPrimitives.SHA_256.hash(clientKey);
  }

  byte[] serverKey() {
    return serverKey;
  }
}
