package dev.reveille.cell;

/** What a directory has learned since it last answered. */
public sealed interface DirectoryChange {

  /** The credential was changed, revoked or removed: look it up again. */
  record CredentialChanged(CredentialId credential) implements DirectoryChange {}

  /** The database's route was made or changed: look it up again. */
  record RouteChanged(DatabaseId database) implements DirectoryChange {}

  /** The database has been dropped. */
  record RouteDropped(DatabaseId database) implements DirectoryChange {}

  /** Changes may have been missed: everything that is held should be looked up again. */
  record Resynchronized() implements DirectoryChange {}
}
