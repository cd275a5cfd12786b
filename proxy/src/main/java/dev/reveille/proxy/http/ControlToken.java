package dev.reveille.proxy.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The secret that a control call carries. Made anew at each start; redacted in text. */
public final class ControlToken {
  private static final int BYTES = 32;
  private static final String SCHEME = "Bearer ";
  private final byte[] expected;

  private ControlToken(String text) {
    this.expected = (SCHEME + text).getBytes(StandardCharsets.US_ASCII);
  }

  /** Makes one and puts it into a file that its owner alone can read, all at once. */
  public static ControlToken create(Path file, RandomGenerator random) throws IOException {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String text = HexFormat.of().formatHex(bytes);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(fresh,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, text);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    return new ControlToken(text);
  }

  /** Compares in constant time. */
  boolean matches(@Nullable String authorization) {
    return authorization != null && MessageDigest.isEqual(expected,
        authorization.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Override
  public String toString() {
    return "ControlToken(redacted)";
  }
}
