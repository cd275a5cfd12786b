package dev.reveille.proxy.session;

import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseId;
import dev.reveille.proxy.relay.Precaution;
import java.util.Optional;

/** Says for which sessions care is taken before some of their requests. Any thread; never blocks. */
@FunctionalInterface
public interface Precautions {
  /** For none. */
  Precautions NONE = (credential, database, name) -> Optional.empty();

  /** A fresh one for this session; empty for a session that goes as it is. */
  Optional<Precaution> of(Credential credential, DatabaseId database, String databaseName);
}
