package dev.reveille.proxy.console;

import dev.reveille.wire.FrameTypes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Messages of a client, each a whole frame. */
final class Said {
  static final byte[] SYNC = frame(FrameTypes.SYNC, Unpooled.EMPTY_BUFFER);
  static final byte[] FLUSH = frame(FrameTypes.FLUSH, Unpooled.EMPTY_BUFFER);

  private Said() {
  }

  static byte[] query(String sql) {
    return frame(FrameTypes.QUERY, text(sql));
  }

  static byte[] parse(String name, String sql) {
    return frame(FrameTypes.PARSE, text(name).writeBytes(text(sql)).writeShort(0));
  }

  static byte[] bind(String portal, String name) {
    return frame(FrameTypes.BIND, text(portal).writeBytes(text(name)).writeZero(6));
  }

  static byte[] describe(char what, String name) {
    return frame(FrameTypes.DESCRIBE, text(what + name));
  }

  static byte[] execute(String portal, int rows) {
    return frame(FrameTypes.EXECUTE, text(portal).writeInt(rows));
  }

  static byte[] close(char what, String name) {
    return frame(FrameTypes.CLOSE, text(what + name));
  }

  private static byte[] frame(byte type, ByteBuf body) {
    ByteBuf frame = Unpooled.buffer();
    frame.writeByte(type).writeInt(4 + body.readableBytes()).writeBytes(body);
    return ByteBufUtil.getBytes(frame);
  }

  private static ByteBuf text(String text) {
    return Unpooled.buffer().writeBytes((text + "\0").getBytes(StandardCharsets.UTF_8));
  }
}
