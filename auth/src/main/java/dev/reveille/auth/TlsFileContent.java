package dev.reveille.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

import static dev.reveille.auth.ScramPrimitives.utf8;

/** What the two files of an identity held at one moment. What is fingerprinted is what is parsed. */
final class TlsFileContent {
  private final Path certificatePath;
  private final Path keyPath;
  private final byte[] certificates;
  private final byte[] key;

  private TlsFileContent(Path certificatePath, Path keyPath) throws IOException {
    this.certificatePath = certificatePath;
    this.keyPath = keyPath;
    this.certificates = Files.readAllBytes(certificatePath);
    this.key = Files.readAllBytes(keyPath);
  }

  static TlsFileContent read(Path certificatePath, Path keyPath) throws IOException {
    return new TlsFileContent(certificatePath, keyPath);
  }

  TlsIdentity identity() throws IOException {
    return PemFiles.identity(certificates, certificatePath, key, keyPath);
  }

  String fingerprint() {
    String both = hash(certificates) + hash(key);
    return hash(utf8(both));
  }

  private static String hash(byte[] content) {
    return HexFormat.of().formatHex(ScramPrimitives.SHA_256.hash(content));
  }
}
