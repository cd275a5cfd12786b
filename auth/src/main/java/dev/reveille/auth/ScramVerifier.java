package dev.reveille.auth;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is stored instead of a secret: enough to check a proof of it, not enough to give one. Immutable, safe for any
 * thread, redacted {@link #toString}.
 *
 * <p>The text form is PostgreSQL's own, as in {@code pg_authid.rolpassword}:
 * {@code SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>} with base64 values.
 */
public final class ScramVerifier {
  /** PostgreSQL's default ({@code scram_iterations}); a secret of 256 bits needs no more. */
  public static final int ITERATIONS = 4096;
  /** Bytes of a salt, as in PostgreSQL ({@code SCRAM_DEFAULT_SALT_LEN}). */
  public static final int SALT_BYTES = 16;

  private static final Pattern FORMAT = Pattern
      .compile(
          "SCRAM-SHA-256\\$([1-9][0-9]{0,8}):([A-Za-z0-9+/=]{1,1024})\\$([A-Za-z0-9+/=]{44}):([A-Za-z0-9+/=]{44})");

  private final byte[] salt;
  private final int iterations;
  private final byte[] storedKey;
  private final byte[] serverKey;
  private final boolean doomed;

  private ScramVerifier(byte[] salt, int iterations, byte[] storedKey, byte[] serverKey,
      boolean doomed) {
    this.salt = salt;
    this.iterations = iterations;
    this.storedKey = storedKey;
    this.serverKey = serverKey;
    this.doomed = doomed;
  }

  /**
   * Reads PostgreSQL's text form.
   *
   * @throws IllegalArgumentException if this is no such text; the message does not quote it
   */
  public static ScramVerifier parse(String text) {
    Matcher matcher = FORMAT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a SCRAM-SHA-256 verifier in PostgreSQL's format");
    }
    byte[] storedKey = decode(matcher.group(3));
    byte[] serverKey = decode(matcher.group(4));
    if (storedKey.length != ScramPrimitives.KEY_BYTES
        || serverKey.length != ScramPrimitives.KEY_BYTES) {
      throw new IllegalArgumentException("the keys of a SCRAM-SHA-256 verifier have 32 bytes");
    }
    return new ScramVerifier(decode(matcher.group(2)), Integer.parseInt(matcher.group(1)),
        storedKey, serverKey,
        false);
  }

  /** The verifier of a secret. Costs the iterations: 1 to 2 ms at 4,096. */
  public static ScramVerifier of(Secret secret, byte[] salt, int iterations) {
    if (salt.length == 0 || iterations < 1) {
      throw new IllegalArgumentException(
          "a salt of at least one byte and at least one iteration are needed");
    }
    SaltedSecret salted = SaltedSecret.of(secret, salt, iterations);
    return new ScramVerifier(salt.clone(), iterations, salted.storedKey(), salted.serverKey(),
        false);
  }

  /** The verifier of this name's secret, with the salt that follows from its name. */
  public static ScramVerifier of(Secret secret, String name, SharedKey key) {
    return of(secret, key.salt(name), ITERATIONS);
  }

  /**
   * A verifier for a name that nobody has. It can never be proven, and looks from outside like that of any other
   * credential.
   */
  public static ScramVerifier doomed(String name, SharedKey key) {
    byte[] nothing = key.nothing(name);
    return new ScramVerifier(key.salt(name), ITERATIONS, nothing, nothing, true);
  }

  /** PostgreSQL's text form; a doomed one has none. */
  public String encoded() {
    if (doomed) {
      throw new IllegalStateException("a doomed verifier is never stored");
    }
    Base64.Encoder base64 = Base64.getEncoder();
    return "SCRAM-SHA-256$" + iterations + ":" + base64.encodeToString(salt) + "$"
        + base64.encodeToString(storedKey)
        + ":" + base64.encodeToString(serverKey);
  }

  /** A copy of the salt. */
  public byte[] salt() {
    return salt.clone();
  }

  public int iterations() {
    return iterations;
  }

  /** Whether this is the secret that the verifier was made from. Costs the iterations. */
  public boolean matches(Secret secret) {
    return !doomed
        && MessageDigest.isEqual(storedKey, SaltedSecret.of(secret, salt, iterations).storedKey());
  }

  byte[] storedKey() {
    return storedKey;
  }

  byte[] serverKey() {
    return serverKey;
  }

  boolean isDoomed() {
    return doomed;
  }

  boolean sharesSaltWith(ScramVerifier other) {
    return iterations == other.iterations && Arrays.equals(salt, other.salt);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ScramVerifier that && sharesSaltWith(that) && doomed == that.doomed
        && MessageDigest.isEqual(storedKey, that.storedKey)
        && MessageDigest.isEqual(serverKey, that.serverKey);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(salt);
  }

  @Override
  public String toString() {
    return "ScramVerifier[redacted]";
  }

  private static byte[] decode(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("a value of the SCRAM-SHA-256 verifier is not base64", e);
    }
  }
}
