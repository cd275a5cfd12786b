package dev.reveille.proxy.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Random bytes that are made once and kept in a file that its owner alone can read. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SecretFile(byte[] bytes, boolean made) {
  private static final int LENGTH = 32;

  static SecretFile openOrCreate(Path file, RandomGenerator random) throws IOException {
    Optional<byte[]> known = read(file);
    if (known.isPresent()) {
      return new SecretFile(known.get(), false);
    }
    byte[] bytes = new byte[LENGTH];
    random.nextBytes(bytes);
    write(file, bytes);
    return new SecretFile(bytes, true);
  }

  /** What is kept in the file, if it is there. */
  static Optional<byte[]> read(Path file) throws IOException {
    return Files.exists(file)
        ? Optional.of(HexFormat.of().parseHex(Files.readString(file).strip()))
        : Optional.empty();
  }

  /** Keeps the bytes in the file; whoever reads it meanwhile sees the old ones or the new. */
  static void write(Path file, byte[] bytes) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    Files.createFile(fresh,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, HexFormat.of().formatHex(bytes) + "\n");
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  String text() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public String toString() {
    return "SecretFile(redacted)";
  }
}
