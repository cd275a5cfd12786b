package dev.reveille.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import static dev.reveille.auth.ScramPrimitives.utf8;

/** The answer to AuthenticationMD5Password, for a static compute that still asks for it. */
public final class Md5Password {
  private Md5Password() {
  }

  /**
   * {@code "md5" + md5(md5(secret + user) + salt)}, both digests in lower-case hexadecimal (PostgreSQL documentation,
   * "Message Flow", AuthenticationMD5Password).
   *
   * @param salt the four bytes of the message
   */
  public static String response(String user, Secret secret, byte[] salt) {
    if (salt.length != 4) {
      throw new IllegalArgumentException(
          "the salt of AuthenticationMD5Password has 4 bytes, not " + salt.length);
    }
    byte[] inner = md5(utf8(secret.reveal()), utf8(user)).getBytes(StandardCharsets.US_ASCII);
    return "md5" + md5(inner, salt);
  }

  private static String md5(byte[] first, byte[] second) {
    try {
      MessageDigest digest = MessageDigest.getInstance("MD5");
      digest.update(first);
      digest.update(second);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("MD5 is part of every JDK", e);
    }
  }
}
