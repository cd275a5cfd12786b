package dev.reveille.compute.clone;

/** Hears how far a clone is. What it throws ends the clone, unfinished. */
@FunctionalInterface
public interface Progress {
  /** Nobody listens. */
  Progress NONE = bytes -> {
  };

  /** So many bytes have been copied, which may be none. */
  void moved(long bytes);

  /** All has been read: from now on the source may be written to. Not told by all drivers. */
  default void read() {
    // Most do not mind.
  }
}
