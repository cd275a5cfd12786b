package dev.reveille.compute;

/** Told what has become of credentials' roles; on the thread that did it, so it must not block. */
@FunctionalInterface
public interface RoleListener {
  /** What was done. */
  enum Change {
    MADE, CHANGED, ENDED
  }

  /** The role {@code role}, on the compute of the database with this name. */
  void changed(String database, String role, Change change);

  /** Nobody is told. */
  RoleListener NONE = (database, role, change) -> {
  };
}
