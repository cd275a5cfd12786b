package dev.reveille.auth;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Keeps a {@link TlsIdentity} up to date with its files. Has no thread of its own: a scheduler calls {@link #poll}
 * (blocking: it reads two files), any thread reads {@link #current}.
 *
 * <p>Content is what counts, not times or inodes, so that it works with renames, symbolic links swapped underneath
 * (Kubernetes secrets) and tools that keep the time. Two files cannot be replaced at once: a poll in between finds a
 * key that does not fit, keeps the old identity, and the next poll finds the whole.
 */
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

  private final Path certificates;
  private final Path key;
  private final InstantSource clock;
  private volatile TlsIdentity current;
  private volatile Optional<String> problem = Optional.empty();
  /** Fingerprints, guarded by this object: of what is served, and of what the last poll found. */
  private String served;
  private String seen;

  private TlsIdentityWatcher(Path certificates, Path key, InstantSource clock) throws IOException {
    this.certificates = certificates;
    this.key = key;
    this.clock = clock;
    TlsFileContent content = TlsFileContent.read(certificates, key);
    this.current = content.identity();
    this.served = content.fingerprint();
    this.seen = served;
  }

  /**
   * Starts from the files as they are now, even if the certificate has expired: {@link #expiresAt} tells.
   *
   * @throws IOException if there is nothing to start with: the files are missing or broken
   */
  public static TlsIdentityWatcher open(Path certificates, Path key, InstantSource clock)
      throws IOException {
    return new TlsIdentityWatcher(certificates, key, clock);
  }

  /** The identity to serve to the next connection. */
  public TlsIdentity current() {
    return current;
  }

  /**
   * Compares the content of the files with what is served, and takes up what is new and sound: readable, key and
   * certificate belonging together, not expired.
   */
  public synchronized Poll poll() {
    TlsFileContent content;
    try {
      content = TlsFileContent.read(certificates, key);
    } catch (IOException e) {
      return broken("unreadable: " + e, certificates + " or " + key + " cannot be read");
    }
    String fingerprint = content.fingerprint();
    if (fingerprint.equals(served)) {
      seen = fingerprint;
      problem = Optional.empty();
      return new Poll.Unchanged();
    }
    try {
      return take(content.identity(), fingerprint);
    } catch (IOException e) {
      return broken(fingerprint, String.valueOf(e.getMessage()));
    }
  }

  private Poll take(TlsIdentity identity, String fingerprint) throws IOException {
    if (!identity.expiresAt().isAfter(clock.instant())) {
      throw new IOException(
          certificates + " holds a certificate that expired at " + identity.expiresAt());
    }
    current = identity;
    served = fingerprint;
    seen = fingerprint;
    problem = Optional.empty();
    return new Poll.Reloaded(identity);
  }

  private Poll broken(String state, String reason) {
    boolean told = state.equals(seen);
    seen = state;
    problem = Optional.of(reason);
    return told ? new Poll.Unchanged() : new Poll.Broken(reason);
  }

  /** Why the files as they are now are not served; empty while all is well. */
  public Optional<String> problem() {
    return problem;
  }

  /** When the identity being served stops being valid. */
  public Instant expiresAt() {
    return current.expiresAt();
  }
}
