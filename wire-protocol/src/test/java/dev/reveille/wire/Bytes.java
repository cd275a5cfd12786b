package dev.reveille.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** Buffers for tests: heap, unpooled, so that none has to be released. */
final class Bytes {

  private Bytes() {
  }

  static ByteBuf of(byte... bytes) {
    return Unpooled.wrappedBuffer(bytes);
  }

  static ByteBuf hex(String hex) {
    return of(ByteBufUtil.decodeHexDump(hex.replace(" ", "")));
  }

  static ByteBuf text(String latin1) {
    return of(latin1.getBytes(StandardCharsets.ISO_8859_1));
  }

  static String hexOf(ByteBuf buf) {
    return ByteBufUtil.hexDump(buf);
  }

  static ByteBuf written(Consumer<ByteBuf> writer) {
    ByteBuf buf = Unpooled.buffer();
    writer.accept(buf);
    return buf;
  }

  /** An initial packet with the length that its payload gives it. */
  static ByteBuf initial(int code, ByteBuf payload) {
    return written(out -> out.writeInt(8 + payload.readableBytes())
        .writeInt(code)
        .writeBytes(payload.duplicate()));
  }

  /** A startup packet of protocol 3.0 with this payload, of one byte per character. */
  static ByteBuf startup(String latin1) {
    return initial(ProtocolVersion.V3_0.code(), text(latin1));
  }

  /** The body of the one frame in {@code buf}. */
  static ByteBuf body(ByteBuf buf) {
    return buf.slice(buf.readerIndex() + 5, buf.readableBytes() - 5);
  }

  static ByteBuf joined(List<ByteBuf> parts) {
    return written(out -> parts.forEach(part -> out.writeBytes(part.duplicate())));
  }
}
