package dev.reveille.proxy.session;

import dev.reveille.proxy.relay.Interposer;
import java.util.Optional;

/** Decides which sessions have something between the client and the relay. On event loops. */
@FunctionalInterface
public interface Interposers {
  /** No session has. */
  Interposers NONE = session -> Optional.empty();

  /** A new one for a session that is about to be served. */
  Optional<Interposer> between(SessionFacts session);
}
