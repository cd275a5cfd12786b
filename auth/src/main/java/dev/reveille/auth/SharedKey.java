package dev.reveille.auth;

import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

import static dev.reveille.auth.ScramPrimitives.utf8;

/**
 * The key of a deployment from which the salt of every name follows, whether somebody has that name or nobody: so a
 * challenge can be sent before anything is looked up, and looks the same for a name that exists. All proxies of one
 * catalog have the same one; whoever has it can tell which names exist. Immutable, redacted {@link #toString}.
 */
public final class SharedKey {
  public static final int BYTES = 32;

  private final byte[] bytes;

  private SharedKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * The key with these bytes.
   *
   * @throws IllegalArgumentException unless there are {@link #BYTES} of them
   */
  public static SharedKey of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("the shared key has " + BYTES + " bytes");
    }
    return new SharedKey(bytes.clone());
  }

  /** The salt of this name: always the same, and of {@link ScramVerifier#SALT_BYTES}. */
  public byte[] salt(String name) {
    return Arrays.copyOf(derived("reveille salt\0" + name), ScramVerifier.SALT_BYTES);
  }

  /** What a verifier that nobody can prove is filled with. */
  byte[] nothing(String name) {
    return derived("reveille nobody\0" + name);
  }

  /** A copy, to be kept where nobody else can read it. */
  public byte[] bytes() {
    return bytes.clone();
  }

  private byte[] derived(String text) {
    return ScramPrimitives.SHA_256.hmac(bytes, utf8(text));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SharedKey that && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "SharedKey[redacted]";
  }
}
