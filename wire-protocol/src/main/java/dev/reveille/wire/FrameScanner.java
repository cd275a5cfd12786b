package dev.reveille.wire;

import io.netty.buffer.ByteBuf;

/**
 * Follows the frames of one direction of a session in the buffers as they come, however they are
 * cut: Byte1 type, Int32 length, body (PostgreSQL documentation, Frontend/Backend Protocol, Message
 * Formats). Looks at headers and at the one byte of ReadyForQuery, and skips over the rest: nothing
 * is copied, nothing is allocated per frame, and a frame of 1 GB costs what one of 5 bytes costs.
 *
 * <p>Confined to one thread. Buffers are borrowed, and their indices are left alone.
 */
public final class FrameScanner {

  private final int limit;

  /** Bytes of the current header that were in earlier buffers: 0 to 4. */
  private int headerBytes;
  private byte type;
  private int length;
  /** Bytes of the current body that are still to come. */
  private int remaining;
  private int lastBoundary;
  private boolean broken;

  /**
   * A scanner before the first byte.
   *
   * @param limit the greatest length word that is let pass, see {@link Limits#MAX_FRAME}
   */
  public FrameScanner(int limit) {
    if (limit < Frames.MIN_LENGTH) {
      throw new IllegalArgumentException("limit " + limit);
    }
    this.limit = limit;
  }

  /**
   * Scans all readable bytes of {@code buf}, which must follow those of the call before.
   *
   * @throws MalformedMessageException on a length below 4 or over the limit, or a ReadyForQuery
   *         that is none; frames before it have been reported, {@link #lastBoundary} is where they
   *         end, and the scanner refuses everything from then on
   */
  public void scan(ByteBuf buf, FrameListener listener) {
    if (broken) {
      throw MalformedMessageException.violation("bytes after a malformed message");
    }
    broken = true; // until this call has come to its end
    walk(buf, listener);
    broken = false;
  }

  private void walk(ByteBuf buf, FrameListener listener) {
    int first = buf.readerIndex();
    int end = buf.writerIndex();
    int at = first;
    lastBoundary = 0;
    while (true) {
      if (remaining > 0) {
        if (at == end) {
          return;
        }
        if (type == FrameTypes.READY_FOR_QUERY) {
          reportStatus(buf.getByte(at), listener);
        }
        int step = Math.min(remaining, end - at);
        at += step;
        remaining -= step;
        if (remaining > 0) {
          return;
        }
        lastBoundary = at - first;
      }
      int start = at - headerBytes;
      if (headerBytes == 0 && end - at >= Frames.HEADER) {
        type = buf.getByte(at);
        length = buf.getInt(at + 1);
        at += Frames.HEADER;
      } else {
        at = continueHeader(buf, at, end);
        if (headerBytes > 0) {
          return;
        }
        if (at == start) {
          return;
        }
      }
      beginFrame(start - first, listener);
      if (remaining == 0) {
        lastBoundary = at - first;
      }
    }
  }

  /** Takes header bytes one by one; headerBytes is 0 again when the header is complete. */
  private int continueHeader(ByteBuf buf, int from, int end) {
    int at = from;
    while (at < end) {
      int next = buf.getByte(at++) & 0xff;
      if (headerBytes == 0) {
        type = (byte) next;
        length = 0;
      } else {
        length = (length << 8) | next;
      }
      if (++headerBytes == Frames.HEADER) {
        headerBytes = 0;
        return at;
      }
    }
    return at;
  }

  private void beginFrame(int offset, FrameListener listener) {
    Frames.checkLength(length, limit);
    if (type == FrameTypes.READY_FOR_QUERY && length != Frames.MIN_LENGTH + 1) {
      throw MalformedMessageException.violation("invalid length of ReadyForQuery");
    }
    remaining = length - Frames.MIN_LENGTH;
    listener.frame(type, length, offset);
  }

  private static void reportStatus(byte status, FrameListener listener) {
    if (!TransactionStatus.isCode(status)) {
      throw MalformedMessageException.violation("unknown transaction status");
    }
    listener.transactionStatus(status);
  }

  /** Whether all that was scanned so far ends with a whole frame, so that another may be sent. */
  public boolean atBoundary() {
    return remaining == 0 && headerBytes == 0 && !broken;
  }

  /**
   * How many bytes of the buffer scanned last, from its reader index, belong to frames that end in
   * it; 0 when none does. What comes after is the beginning of a frame.
   */
  public int lastBoundary() {
    return lastBoundary;
  }

  /** How many bytes of a header that is not complete were scanned: 0 to 4, and all of them last. */
  public int headerBytes() {
    return headerBytes;
  }

  /** Bytes still to come of the frame being scanned; 0 at a boundary or inside a header. */
  public int remaining() {
    return remaining;
  }
}
