package dev.reveille.proxy.relay;

import dev.reveille.wire.FrameTypes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Messages as a client sends them, each a whole frame (PostgreSQL documentation, Message Formats). */
final class Messages {
  static final byte[] SYNC = frame(FrameTypes.SYNC, Unpooled.buffer());
  static final byte[] FLUSH = frame(FrameTypes.FLUSH, Unpooled.buffer());
  static final byte[] COPY_DONE = frame(FrameTypes.COPY_DONE, Unpooled.buffer());
  static final byte[] TERMINATE = frame(FrameTypes.TERMINATE, Unpooled.buffer());
  static final byte[] BIND = frame(FrameTypes.BIND, Unpooled.buffer().writeZero(2 + 3 * 2));
  static final byte[] DESCRIBE = frame(FrameTypes.DESCRIBE, text("S"));
  static final byte[] DESCRIBE_PORTAL = frame(FrameTypes.DESCRIBE, text("P"));
  static final byte[] EXECUTE = frame(FrameTypes.EXECUTE, text("").writeInt(0));
  static final byte[] CLOSE = frame(FrameTypes.CLOSE, text("S"));

  private Messages() {
  }

  static byte[] query(String sql) {
    return frame(FrameTypes.QUERY, text(sql));
  }

  static byte[] parse(String sql) {
    return frame(FrameTypes.PARSE, text("").writeBytes(text(sql)).writeShort(0));
  }

  /** At most one row. */
  static byte[] executeOne() {
    return frame(FrameTypes.EXECUTE, text("").writeInt(1));
  }

  static byte[] copyData(String data) {
    return frame(FrameTypes.COPY_DATA, Unpooled.copiedBuffer(data, StandardCharsets.UTF_8));
  }

  static byte[] copyFail(String why) {
    return frame(FrameTypes.COPY_FAIL, text(why));
  }

  /** Calls a function without arguments. */
  static byte[] functionCall(int oid) {
    return frame(FrameTypes.FUNCTION_CALL,
        Unpooled.buffer().writeInt(oid).writeShort(0).writeShort(0).writeShort(0));
  }

  static byte[] frame(byte type, ByteBuf body) {
    byte[] frame = new byte[5 + body.readableBytes()];
    Unpooled.wrappedBuffer(frame)
        .clear()
        .writeByte(type)
        .writeInt(4 + body.readableBytes())
        .writeBytes(body);
    return frame;
  }

  private static ByteBuf text(String text) {
    return Unpooled.copiedBuffer(text + "\0", StandardCharsets.UTF_8);
  }
}
