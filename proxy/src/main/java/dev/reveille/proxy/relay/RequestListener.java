package dev.reveille.proxy.relay;

import java.util.Optional;

/** Hears what a client asks for, on the session's event loop. Must neither block nor throw. */
public interface RequestListener {
  /** How many bytes of a statement it wants to see; 0 for none. */
  int textBytes();

  /**
   * A message was sent on. It may still fail, or be skipped by the compute after an error.
   *
   * @param sha256 of the statement's bytes as the client sent them, in hex; empty where the message
   *     has no statement
   * @param bytes how long the statement is
   * @param text its beginning, at most {@link #textBytes} of it; empty when none was wanted
   */
  void requested(RequestKind kind, Optional<String> sha256, long bytes, Optional<String> text);
}
