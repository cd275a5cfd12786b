package dev.reveille.wire;

import io.netty.buffer.ByteBuf;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The secret half of a cancel key: 4 bytes in protocol 3.0, up to 256 in 3.2 (PostgreSQL
 * documentation, Frontend/Backend Protocol, Message Formats, BackendKeyData and CancelRequest).
 * Immutable; compared in constant time; never shown by {@code toString}.
 */
public final class CancelSecret {

  private final byte[] bytes;

  private CancelSecret(byte[] bytes) {
    if (bytes.length < Limits.MIN_CANCEL_SECRET || bytes.length > Limits.MAX_CANCEL_SECRET) {
      throw new IllegalArgumentException("cancel secret of " + bytes.length + " bytes");
    }
    this.bytes = bytes;
  }

  /** A secret with a copy of these 4 to 256 bytes. */
  public static CancelSecret of(byte[] bytes) {
    return new CancelSecret(bytes.clone());
  }

  /** A fresh secret; {@code random} must be a cryptographic one outside of tests. */
  public static CancelSecret random(RandomGenerator random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return new CancelSecret(bytes);
  }

  /** Consumes {@code length} bytes of {@code in}; the caller has checked the length. */
  static CancelSecret consume(ByteBuf in, int length) {
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    return new CancelSecret(bytes);
  }

  /** In bytes: 4 to 256. */
  public int length() {
    return bytes.length;
  }

  /** A copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  void appendTo(ByteBuf out) {
    out.writeBytes(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CancelSecret that && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "CancelSecret[" + bytes.length + " bytes]";
  }
}
