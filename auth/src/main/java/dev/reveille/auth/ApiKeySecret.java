package dev.reveille.auth;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

import static dev.reveille.auth.ScramPrimitives.SHA_256;
import static dev.reveille.auth.ScramPrimitives.utf8;

/**
 * A key of the HTTP API in the clear: shown once to whoever creates it, and brought with each call. Of the form of a
 * {@link Secret}, but with the prefix {@code rk_}, so that neither is ever taken for the other. With 256 random bits
 * its SHA-256 is all that has to be kept to know it again. Never printed; safe for any thread.
 */
public final class ApiKeySecret {
  private static final RandomText FORM = new RandomText("rk_");
  private static final byte[] SEAL = utf8("reveille api key: sealed answers, 1");
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final String text;

  private ApiKeySecret(String text) {
    this.text = text;
  }

  /** A fresh key. Production passes a {@link java.security.SecureRandom}. */
  public static ApiKeySecret generate(RandomGenerator random) {
    return new ApiKeySecret(FORM.generate(random));
  }

  /** A key as it was brought; empty if the text is none, or one with a typing error. */
  public static Optional<ApiKeySecret> parse(String text) {
    return FORM.matches(text) ? Optional.of(new ApiKeySecret(text)) : Optional.empty();
  }

  /** The key itself. The only way to it; each caller answers for where the text goes. */
  public String reveal() {
    return text;
  }

  /** SHA-256 in hex: what is kept to know it again. */
  public String hash() {
    return HexFormat.of().formatHex(SHA_256.hash(utf8(text)));
  }

  /** Whether this is the key with that {@link #hash}; in constant time. */
  public boolean hasHash(String hash) {
    return MessageDigest.isEqual(utf8(hash()), utf8(hash));
  }

  /** Encrypts what only the holder of this key may read again (AES-256-GCM, NIST SP 800-38D). */
  public byte[] seal(byte[] plain, RandomGenerator random) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(plain);
      byte[] whole = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
      System.arraycopy(sealed, 0, whole, NONCE_BYTES, sealed.length);
      return whole;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }

  /** What this key has sealed; empty if it was another key, or not these bytes. */
  public Optional<byte[]> unseal(byte[] sealed) {
    if (sealed.length < NONCE_BYTES + TAG_BITS / Byte.SIZE) {
      return Optional.empty();
    }
    try {
      return Optional.of(cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, NONCE_BYTES))
          .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES));
    } catch (AEADBadTagException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(SHA_256.hmac(utf8(text), SEAL), "AES"),
        new GCMParameterSpec(TAG_BITS, nonce));
    return cipher;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ApiKeySecret key && MessageDigest.isEqual(utf8(text), utf8(key.text));
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return "ApiKeySecret[redacted]";
  }
}
