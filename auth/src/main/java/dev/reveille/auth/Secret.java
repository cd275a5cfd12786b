package dev.reveille.auth;

import java.security.MessageDigest;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

import static dev.reveille.auth.ScramPrimitives.utf8;

/**
 * A secret in the clear: shown once to whoever creates a credential, or configured for a static compute. Never printed
 * ({@link #toString} is redacted), compared in constant time, safe for any thread.
 *
 * <p>One of our own is {@code wk_}, 43 base-62 digits for 256 random bits, and 6 digits of CRC-32 over what precedes
 * them, so that secret scanners can find it and a truncated copy is known as such without asking anyone.
 */
public final class Secret {
  private static final RandomText FORM = new RandomText("wk_");

  private final String text;

  private Secret(String text) {
    this.text = text;
  }

  /** A fresh secret of 256 bits. Production passes a {@link java.security.SecureRandom}. */
  public static Secret generate(RandomGenerator random) {
    return new Secret(FORM.generate(random));
  }

  /** One of our own secrets; empty if the text is no such secret, or one with a typing error. */
  public static Optional<Secret> parse(String text) {
    return FORM.matches(text) ? Optional.of(new Secret(text)) : Optional.empty();
  }

  /**
   * Any text, for a static compute that has its own password.
   *
   * @throws IllegalArgumentException if it is empty or holds a zero character, which no Postgres password does
   */
  public static Secret ofText(String text) {
    if (text.isEmpty() || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a secret is not empty and holds no zero character");
    }
    return new Secret(text);
  }

  /** The secret itself. The only way to it; each caller answers for where the text goes. */
  public String reveal() {
    return text;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Secret secret && MessageDigest.isEqual(utf8(text), utf8(secret.text));
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return "Secret[redacted]";
  }
}
