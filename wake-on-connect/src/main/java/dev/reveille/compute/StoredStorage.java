package dev.reveille.compute;

import dev.reveille.cell.StorageId;

/**
 * One storage that a cell keeps.
 *
 * @param bytes allocated on the disk; what clones share is counted for each of them
 */
public record StoredStorage(StorageId id, Use use, long bytes) {
  /** What a storage is for, as far as its cell can tell. */
  public enum Use {
    /** A database's, a checkpoint's, or an orphan: the catalog knows. */
    NAMED,
    /** Waits for a name, or has been taken to be given one. */
    PREPARED,
    /** Named for one life of the proxy; the next one deletes it. */
    CONSOLE,
    /** Being made, or left by a process that ended meanwhile. */
    UNFINISHED,
    /** Like {@link #NAMED}, and compressed. */
    ARCHIVED
  }
}
