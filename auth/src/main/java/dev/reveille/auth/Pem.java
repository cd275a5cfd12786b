package dev.reveille.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One block of the text form of keys and certificates (RFC 7468). Small on purpose: the ordinary start of the proxy
 * reads its own files with this and the JDK alone, without loading Bouncy Castle.
 */
final class Pem {
  static final String CERTIFICATE = "CERTIFICATE";
  static final String PKCS8 = "PRIVATE KEY";

  private static final Pattern BLOCK = Pattern.compile(
      "-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----",
      Pattern.DOTALL);

  private final String label;
  private final byte[] der;

  private Pem(String label, byte[] der) {
    this.label = label;
    this.der = der;
  }

  /** All blocks of a file, in order; text between them is passed over. */
  static List<Pem> blocks(byte[] file) throws IOException {
    List<Pem> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(new String(file, StandardCharsets.ISO_8859_1));
    while (matcher.find()) {
      if (matcher.group(2).contains("ENCRYPTED")) {
        throw new IOException("the key is encrypted; store it without a passphrase");
      }
      try {
        byte[] der = Base64.getDecoder().decode(matcher.group(2).replaceAll("\\s", ""));
        blocks.add(new Pem(matcher.group(1), der));
      } catch (IllegalArgumentException e) {
        throw new IOException("a " + matcher.group(1) + " block is not base64", e);
      }
    }
    return blocks;
  }

  static byte[] encode(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[]{'\n'}).encodeToString(der);
    return ("-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  String label() {
    return label;
  }

  byte[] der() {
    return der;
  }
}
