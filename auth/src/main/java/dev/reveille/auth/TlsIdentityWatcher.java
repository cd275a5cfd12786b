package dev.reveille.auth;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Keeps a {@link TlsIdentity} up to date with its files. Has no thread of its own: a scheduler calls {@link #poll}
 * (blocking: it reads two files), any thread reads {@link #current}.
 */
@SuppressWarnings({"DoNotCallSuggester", "UnusedMethod"})
public final class TlsIdentityWatcher {

  /** What a poll found. */
  public sealed interface Poll {
    /** The files hold what they held at the last poll. */
    record Unchanged() implements Poll {}

    /** New content, which {@link TlsIdentityWatcher#current} has from now on. */
    record Reloaded(TlsIdentity identity) implements Poll {}

    /** New content that cannot be served; the identity from before stays. Told once per content. */
    record Broken(String reason) implements Poll {}
  }

  private TlsIdentityWatcher() {
  }

  /**
   * Starts from the files as they are now.
   *
   * @throws IOException if there is nothing to start with: the files are missing or broken
   */
  public static TlsIdentityWatcher open(Path certificates, Path key, InstantSource clock)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  /** The identity to serve to the next connection. */
  public TlsIdentity current() {
    throw new UnsupportedOperationException();
  }

  /** Compares the content of the files (not their times) with what is served, and takes up what is new and sound. */
  public Poll poll() {
    throw new UnsupportedOperationException();
  }

  /** Why the files as they are now are not served; empty while all is well. */
  public Optional<String> problem() {
    throw new UnsupportedOperationException();
  }

  /** When the identity being served stops being valid. */
  public Instant expiresAt() {
    throw new UnsupportedOperationException();
  }
}
