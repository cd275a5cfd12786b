package dev.reveille.auth;

import java.io.IOException;

/** Where an issuer's public keys are read from, as a JWK Set (RFC 7517, section 5). May block. */
@FunctionalInterface
public interface KeySource {
  /** At most this many bytes make a set of keys. */
  int MAX_BYTES = 256 * 1024;

  /** The JSON text as it is now; longer than {@link #MAX_BYTES} is an error. */
  String read() throws IOException;
}
