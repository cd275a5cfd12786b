package dev.reveille.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.DefaultByteBufHolder;

/**
 * One whole message from a {@link FrameDecoder}: its type and its body. Whoever receives it
 * releases it, and with it the body.
 */
public final class Frame extends DefaultByteBufHolder {

  private final byte type;

  /** Takes over the caller's reference to {@code body}. */
  public Frame(byte type, ByteBuf body) {
    super(body);
    this.type = type;
  }

  /** See {@link FrameTypes}. */
  public byte type() {
    return type;
  }

  /** What follows the length; borrowed from this frame. */
  public ByteBuf body() {
    return content();
  }

  @Override
  public Frame replace(ByteBuf body) {
    return new Frame(type, body);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Frame that && type == that.type && super.equals(other);
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + type;
  }

  /** Without the body, which may be a proof or data. */
  @Override
  public String toString() {
    return "Frame[" + (char) (type & 0xff) + "]";
  }
}
