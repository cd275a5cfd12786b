package dev.reveille.chaos.tools;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/** The lists of packages in {@code src/test/resources/drivers/packages}, each with its lock. */
final class Packages {
  private Packages() {
  }

  /** Changes with the list, so that another list becomes another directory. */
  static String digest(String list) {
    return digest(bytes(list));
  }

  static String digest(Path list) {
    try {
      return digest(Files.readAllBytes(list));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void write(String list, Path directory) throws IOException {
    Files.write(directory.resolve(Path.of(list).getFileName()), bytes(list));
  }

  private static byte[] bytes(String list) {
    try (InputStream in = Objects
        .requireNonNull(Packages.class.getResourceAsStream("/drivers/packages/" + list), list)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String digest(byte[] content) {
    try {
      byte[] all = MessageDigest.getInstance("SHA-256").digest(content);
      return HexFormat.of().formatHex(Arrays.copyOf(all, 6));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
