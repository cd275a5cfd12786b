package dev.reveille.compute.local;

/** Hears how far the unpacking of Postgres's programs is. Called on the unpacking thread. */
@FunctionalInterface
public interface UnpackListener {
  UnpackListener NONE = (version, done, total) -> {
  };

  /** Bytes of the packed archive that have been read, of how many; the last call has both equal. */
  void progress(String version, long done, long total);
}
