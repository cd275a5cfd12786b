package dev.reveille.wire;

import io.netty.buffer.ByteBuf;

/** The frame of a typed message: Byte1 type, Int32 length counting itself (Message Formats). */
final class Frames {

  /** The type byte and the length word. */
  static final int HEADER = 5;

  /** The length word counts itself. */
  static final int MIN_LENGTH = 4;

  private Frames() {
  }

  /** Appends a header whose length is filled in by {@link #end}; returns where the length is. */
  static int begin(ByteBuf out, byte type) {
    out.writeByte(type);
    int start = out.writerIndex();
    out.writeInt(0);
    return start;
  }

  static void end(ByteBuf out, int start) {
    out.setInt(start, out.writerIndex() - start);
  }

  /** Refuses a length that is too small to be one, or over the limit. */
  static void checkLength(int length, int limit) {
    if (length < MIN_LENGTH) {
      throw MalformedMessageException.violation("invalid message length");
    }
    if (length > limit) {
      throw MalformedMessageException
          .violation("message of " + length + " bytes is over the limit of " + limit);
    }
  }
}
