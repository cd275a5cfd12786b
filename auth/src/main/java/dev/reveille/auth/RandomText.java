package dev.reveille.auth;

import java.math.BigInteger;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

import static dev.reveille.auth.ScramPrimitives.utf8;

/**
 * The form of the texts that we give out as secrets: a prefix, 43 base-62 digits for 256 random bits, and 6 digits of
 * CRC-32 over what precedes them.
 */
record RandomText(String prefix) {
  private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final BigInteger RADIX = BigInteger.valueOf(DIGITS.length());
  private static final int RANDOM_BYTES = 32;
  private static final int RANDOM_DIGITS = 43;
  private static final int CHECK_DIGITS = 6;

  String generate(RandomGenerator random) {
    byte[] bits = new byte[RANDOM_BYTES];
    random.nextBytes(bits);
    String body = prefix + base62(new BigInteger(1, bits), RANDOM_DIGITS);
    return body + check(body);
  }

  /** Whether the text has this form, to the last digit of its check. */
  boolean matches(String text) {
    if (text.length() != prefix.length() + RANDOM_DIGITS + CHECK_DIGITS
        || !text.startsWith(prefix)) {
      return false;
    }
    String body = text.substring(0, text.length() - CHECK_DIGITS);
    boolean digits = text.chars().skip(prefix.length()).allMatch(c -> DIGITS.indexOf(c) >= 0);
    return digits && text.endsWith(check(body));
  }

  private static String check(String body) {
    CRC32 crc = new CRC32();
    crc.update(utf8(body));
    return base62(BigInteger.valueOf(crc.getValue()), CHECK_DIGITS);
  }

  private static String base62(BigInteger number, int digits) {
    char[] out = new char[digits];
    BigInteger rest = number;
    for (int i = digits - 1; i >= 0; i--) {
      BigInteger[] split = rest.divideAndRemainder(RADIX);
      out[i] = DIGITS.charAt(split[1].intValue());
      rest = split[0];
    }
    return new String(out);
  }
}
