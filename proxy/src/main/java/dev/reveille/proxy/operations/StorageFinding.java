package dev.reveille.proxy.operations;

import java.util.Locale;

/**
 * A storage or a record that has lost its other half.
 *
 * @param storage its id
 * @param name the database's, or {@code database@checkpoint}; empty for a storage that nothing has
 * @param bytes allocated on the disk
 * @param outcome what was done about it; empty when nothing was asked for
 */
public record StorageFinding(String cell, Kind kind, String storage, String name, long bytes,
    String outcome) {
  /** What is wrong. */
  public enum Kind {
    /** No database and no checkpoint has it. */
    ORPHAN_STORAGE,
    /** A database whose storage is not there. */
    DATABASE_WITHOUT_STORAGE,
    /** A checkpoint whose storage is not there. */
    CHECKPOINT_WITHOUT_STORAGE;

    /** In sentences. */
    public String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  StorageFinding done(String what) {
    return new StorageFinding(cell, kind, storage, name, bytes, what);
  }
}
