package dev.reveille.proxy.undo;

import dev.reveille.wire.FrameTypes;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what one client sends (PostgreSQL documentation, Frontend/Backend Protocol, Message Formats: Query, Parse, Bind,
 * Execute, Close) and knows at an Execute whether its statement was destructive when it was parsed. Names are kept as
 * hashes; two that are taken for the same cost a needless checkpoint. So does a client with more names than are kept.
 *
 * <p>Confined to one thread. Buffers are borrowed.
 */
public final class Statements implements Destructive.Prepared {
  /** What an unreadably long statement is called. */
  public static final String TOO_LONG = "a statement that is too long to be read";

  /** What every statement is called once there are more names than are kept. */
  public static final String TOO_MANY = "one of too many prepared statements";

  private static final int MOST_NAMES = 10_000;
  private static final int SCRATCH = 8 * 1024;

  private final Destructive destructive = new Destructive(this);
  private final Map<Long, String> statements = new HashMap<>();
  private final Map<Long, String> portals = new HashMap<>();
  private final byte[] scratch = new byte[SCRATCH];
  private boolean tooMany;

  /**
   * What there is to be done before this message may go on, in the words of {@link Destructive}; null for nothing.
   *
   * @param body what follows the length; its beginning, when it is not {@code whole}
   */
  public @Nullable String before(byte type, ByteBuf body, boolean whole) {
    return switch (type) {
      case FrameTypes.QUERY -> text(body, body.readerIndex(), whole);
      case FrameTypes.PARSE -> {
        parse(body, whole);
        yield null;
      }
      case FrameTypes.BIND -> {
        bind(body);
        yield null;
      }
      case FrameTypes.EXECUTE -> {
        String what = portals.remove(hash(body, body.readerIndex()));
        yield what == null && tooMany ? TOO_MANY : what;
      }
      case FrameTypes.CLOSE -> {
        close(body);
        yield null;
      }
      default -> null;
    };
  }

  private void parse(ByteBuf body, boolean whole) {
    long name = hash(body, body.readerIndex());
    int text = afterString(body, body.readerIndex());
    mark(statements, name, text(body, text, whole));
  }

  private void bind(ByteBuf body) {
    int statement = afterString(body, body.readerIndex());
    mark(portals, hash(body, body.readerIndex()), statements.get(hash(body, statement)));
  }

  private void close(ByteBuf body) {
    if (body.isReadable()) {
      int name = body.readerIndex() + 1;
      (body.getByte(name - 1) == 'S' ? statements : portals).remove(hash(body, name));
    }
  }

  private @Nullable String text(ByteBuf body, int from, boolean whole) {
    int length = lengthOf(body, from);
    byte[] bytes = length <= scratch.length ? scratch : new byte[length];
    body.getBytes(from, bytes, 0, length);
    String found = destructive.in(bytes, 0, length);
    return found == null && !whole ? TOO_LONG : found;
  }

  private void mark(Map<Long, String> names, long name, @Nullable String what) {
    if (what == null) {
      names.remove(name);
    } else if (names.size() < MOST_NAMES) {
      names.put(name, what);
    } else {
      tooMany = true;
    }
  }

  @Override
  public void prepared(long name, @Nullable String what) {
    mark(statements, name, what);
  }

  @Override
  public @Nullable String executed(long name) {
    String what = statements.get(name);
    return what == null && tooMany ? TOO_MANY : what;
  }

  /** Of the String that begins there; the same as of an identifier of these letters. */
  private static long hash(ByteBuf body, int from) {
    long hash = Hash.SEED;
    for (int i = from; i < body.writerIndex() && body.getByte(i) != 0; i++) {
      hash = Hash.next(hash, body.getByte(i));
    }
    return hash;
  }

  private static int afterString(ByteBuf body, int from) {
    return Math.min(from + lengthOf(body, from) + 1, body.writerIndex());
  }

  private static int lengthOf(ByteBuf body, int from) {
    int zero = body.indexOf(from, body.writerIndex(), (byte) 0);
    return (zero < 0 ? body.writerIndex() : zero) - from;
  }
}
