package dev.reveille.proxy.relay;

import dev.reveille.wire.FrameTypes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Reads the statements out of Query (String) and Parse (String name, String statement, and types
 * that are not looked at) as they pass, however they are cut (PostgreSQL documentation,
 * Frontend/Backend Protocol, Message Formats). Bind, with the parameters, is never read. Holds the
 * state of one digest and the beginning of one text; never a whole statement.
 *
 * <p>Used by one leg: {@link #next} for each buffer before it is scanned, {@link #frame} for each
 * header in it. Buffers are borrowed, and their indices are left alone. Event loop only.
 */
final class RequestReader {
  private enum At {
    NOTHING, NAME, STATEMENT
  }

  private final RequestListener listener;
  private final MessageDigest digest = sha256();
  private final byte[] text;
  private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
  private At at = At.NOTHING;
  private RequestKind kind = RequestKind.QUERY;
  /** Bytes of the message's body that are still to come. */
  private int remaining;
  private long bytes;

  RequestReader(RequestListener listener) {
    this.listener = listener;
    this.text = new byte[listener.textBytes()];
  }

  /** These bytes follow those of the call before. */
  void next(ByteBuf following) {
    buffer = following;
    read(following.readerIndex());
  }

  /** A header of the client's is complete, in the buffer of the last {@link #next}. */
  void frame(byte type, int length, int offset) {
    at = At.NOTHING;
    switch (type) {
      case FrameTypes.QUERY -> begin(RequestKind.QUERY, At.STATEMENT, length);
      case FrameTypes.PARSE -> begin(RequestKind.PARSE, At.NAME, length);
      case FrameTypes.FUNCTION_CALL -> without(RequestKind.FUNCTION_CALL);
      default -> {
        return;
      }
    }
    read(buffer.readerIndex() + offset + 5);
  }

  /** A header of the compute's. */
  void answer(byte type) {
    if (type == FrameTypes.COPY_IN_RESPONSE) {
      without(RequestKind.COPY_IN);
    } else if (type == FrameTypes.COPY_OUT_RESPONSE) {
      without(RequestKind.COPY_OUT);
    }
  }

  private void without(RequestKind what) {
    listener.requested(what, Optional.empty(), 0, Optional.empty());
  }

  private void begin(RequestKind what, At where, int length) {
    kind = what;
    at = where;
    remaining = length - 4;
    bytes = 0;
    digest.reset();
  }

  private void read(int from) {
    int start = from;
    int end = (int) Math.min((long) from + remaining, buffer.writerIndex());
    while (at != At.NOTHING && start < end) {
      int zero = buffer.indexOf(start, end, (byte) 0);
      int stop = zero < 0 ? end : zero;
      if (at == At.STATEMENT) {
        take(start, stop - start);
      }
      if (zero >= 0 && at == At.STATEMENT) {
        done();
      } else if (zero >= 0) {
        at = At.STATEMENT;
      }
      start = zero < 0 ? end : zero + 1;
    }
    remaining -= Math.max(0, end - from);
  }

  private void take(int from, int length) {
    if (length == 0) {
      return;
    }
    if (bytes < text.length) {
      int shown = (int) Math.min(length, text.length - bytes);
      buffer.getBytes(from, text, (int) bytes, shown);
    }
    digest.update(buffer.nioBuffer(from, length));
    bytes += length;
  }

  private void done() {
    at = At.NOTHING;
    int shown = (int) Math.min(bytes, text.length);
    listener.requested(kind, Optional.of(HexFormat.of().formatHex(digest.digest())), bytes,
        text.length == 0
            ? Optional.empty()
            : Optional.of(new String(text, 0, shown, StandardCharsets.UTF_8)));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
