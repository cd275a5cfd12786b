package dev.reveille.wire;

/**
 * A version of the frontend/backend protocol, as carried by StartupMessage: major in the upper,
 * minor in the lower 16 bits (PostgreSQL documentation, Frontend/Backend Protocol, Message Formats,
 * StartupMessage).
 */
public record ProtocolVersion(int major, int minor) implements Comparable<ProtocolVersion> {

  /** Spoken by every client since 2003; secrets for cancelling are 4 bytes long. */
  public static final ProtocolVersion V3_0 = new ProtocolVersion(3, 0);

  /** Spoken since PostgreSQL 18; secrets for cancelling are up to 256 bytes long. */
  public static final ProtocolVersion V3_2 = new ProtocolVersion(3, 2);

  /** The newest version that is spoken here; what is newer is negotiated down to it. */
  public static final ProtocolVersion LATEST = V3_2;

  public ProtocolVersion {
    if ((major & 0xffff) != major || (minor & 0xffff) != minor) {
      throw new IllegalArgumentException("not a protocol version: " + major + "." + minor);
    }
  }

  /** The version that these 32 bits of a startup packet name. */
  public static ProtocolVersion ofCode(int code) {
    return new ProtocolVersion(code >>> 16, code & 0xffff);
  }

  /** The 32 bits that a startup packet carries for this version. */
  public int code() {
    return (major << 16) | minor;
  }

  /** The version to go on with when a client asks for this one: never newer than LATEST. */
  public ProtocolVersion negotiated() {
    return compareTo(LATEST) > 0 ? LATEST : this;
  }

  /** Whether the secret for cancelling may be longer than four bytes. */
  public boolean hasLongCancelSecrets() {
    return compareTo(V3_2) >= 0;
  }

  @Override
  public int compareTo(ProtocolVersion other) {
    return Integer.compareUnsigned(code(), other.code());
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
