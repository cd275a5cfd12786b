package dev.reveille.auth;

import java.io.IOException;
import java.nio.file.Path;

@SuppressWarnings({"DoNotCallSuggester", "UnusedMethod"})
final class PemFiles {
  private PemFiles() {
  }

  static TlsIdentity identity(byte[] certificates, Path certificatePath, byte[] key, Path keyPath)
      throws IOException {
    throw new UnsupportedOperationException();
  }
}
