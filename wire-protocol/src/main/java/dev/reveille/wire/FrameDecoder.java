package dev.reveille.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/**
 * Cuts what comes into whole {@link Frame}s, for the phases in which messages are read and not
 * relayed. The length is checked as soon as it is there, before the body is gathered. One frame is
 * handed on before the next is looked at; when this decoder is removed, at whatever frame, the
 * bytes after it go on to the next handler untouched. After a malformed frame, which arrives once
 * as a {@link MalformedMessageException} in exceptionCaught, everything is dropped.
 *
 * <p>Runs on the channel's event loop; not sharable.
 */
public final class FrameDecoder extends ByteToMessageDecoder {

  private final int limit;
  private boolean broken;

  /**
   * A decoder before the first byte.
   *
   * @param limit the greatest length word that is accepted, see {@link Limits}
   */
  public FrameDecoder(int limit) {
    this.limit = limit;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (broken) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (in.readableBytes() < Frames.HEADER) {
      return;
    }
    int length = in.getInt(in.readerIndex() + 1);
    try {
      Frames.checkLength(length, limit);
    } catch (MalformedMessageException malformed) {
      broken = true;
      in.skipBytes(in.readableBytes());
      throw malformed;
    }
    if (in.readableBytes() < 1 + length) {
      return;
    }
    byte type = in.readByte();
    in.skipBytes(4);
    out.add(new Frame(type, in.readRetainedSlice(length - Frames.MIN_LENGTH)));
  }
}
