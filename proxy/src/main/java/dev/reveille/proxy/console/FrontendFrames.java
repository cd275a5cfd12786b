package dev.reveille.proxy.console;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a client sends into messages (PostgreSQL documentation, Frontend/Backend Protocol, Message
 * Formats). A message longer than {@link #WHOLE} comes in pieces, so that memory stays bounded. Where
 * the framing is broken everything comes as it is: the relay sees to it.
 *
 * <p>Confined to one thread.
 */
final class FrontendFrames {
  /** Longer messages are passed on without a look at their text. */
  static final int WHOLE = 1 << 20;

  private static final int HEADER = 5;
  private static final int MIN_LENGTH = 4;

  private final byte[] header = new byte[HEADER];
  private byte @Nullable [] message;
  private int filled;
  private long rest;
  private boolean continuing;

  /**
   * Takes bytes from {@code in}, which it borrows; answers a message or a piece of one, or null when
   * more bytes are needed for that.
   */
  byte @Nullable [] next(ByteBuf in) {
    if (rest > 0) {
      byte[] piece = new byte[(int) Math.min(rest, in.readableBytes())];
      in.readBytes(piece);
      rest -= piece.length;
      continuing = true;
      return piece.length == 0 ? null : piece;
    }
    continuing = false;
    if (message == null && !headed(in)) {
      return null;
    }
    byte[] target = message;
    if (target == null) {
      return null;
    }
    int step = Math.min(target.length - filled, in.readableBytes());
    in.readBytes(target, filled, step);
    filled += step;
    if (filled < target.length) {
      return null;
    }
    message = null;
    filled = 0;
    return target;
  }

  /** Whether the header is complete; then there is room for the message. */
  private boolean headed(ByteBuf in) {
    int step = Math.min(HEADER - filled, in.readableBytes());
    in.readBytes(header, filled, step);
    filled += step;
    if (filled < HEADER) {
      return false;
    }
    int length = (header[1] & 0xff) << 24 | (header[2] & 0xff) << 16 | (header[3] & 0xff) << 8
        | (header[4] & 0xff);
    if (length < MIN_LENGTH) {
      message = new byte[HEADER];
      rest = Long.MAX_VALUE;
    } else {
      int whole = (int) Math.min(length + 1L, WHOLE);
      message = new byte[whole];
      rest = length + 1L - whole;
    }
    System.arraycopy(header, 0, message, 0, HEADER);
    return true;
  }

  /** Whether what was answered last does not begin a message. */
  boolean isContinuing() {
    return continuing;
  }

  /** Whether what was answered last is a whole message. */
  boolean isWhole() {
    return !continuing && rest == 0;
  }
}
