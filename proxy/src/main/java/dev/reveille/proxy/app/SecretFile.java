package dev.reveille.proxy.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** Random bytes that are made once and kept in a file that its owner alone can read. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SecretFile(byte[] bytes, boolean made) {
  private static final int LENGTH = 32;

  static SecretFile openOrCreate(Path file, RandomGenerator random) throws IOException {
    if (Files.exists(file)) {
      return new SecretFile(HexFormat.of().parseHex(Files.readString(file).strip()), false);
    }
    byte[] bytes = new byte[LENGTH];
    random.nextBytes(bytes);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(fresh,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, HexFormat.of().formatHex(bytes) + "\n");
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    return new SecretFile(bytes, true);
  }

  String text() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public String toString() {
    return "SecretFile(redacted)";
  }
}
