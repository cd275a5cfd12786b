package dev.reveille.proxy.undo;

/** FNV-1a of 64 bits (draft-eastlake-fnv): names are remembered by it, whatever their length. */
final class Hash {
  static final long SEED = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private Hash() {
  }

  static long next(long hash, byte b) {
    return (hash ^ (b & 0xff)) * PRIME;
  }
}
