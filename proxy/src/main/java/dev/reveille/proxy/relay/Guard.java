package dev.reveille.proxy.relay;

import dev.reveille.wire.FrameTypes;
import org.jspecify.annotations.Nullable;

/**
 * Decides for each header whether its frame may pass: a shift and a comparison in each direction, and for what goes out a
 * subtraction. Nothing is allocated unless the answer is no.
 *
 * <p>Bytes out are paid for before a frame passes and as a whole, so a frame that is too big for what is left costs
 * nothing and is not begun. What the shared budget gives is taken {@link #AHEAD} at a time.
 *
 * <p>Confined to the relay's event loop.
 */
final class Guard {
  /** As much is taken from the shared budget before it is needed. */
  static final long AHEAD = 64 * 1024;

  private ByteBudget shared;
  private RelayScope scope;
  /** One bit for each type, by its lower six bits: no two letters or digits have the same. */
  private long refusedFromClient;
  private long refusedFromCompute;
  private int frameBytes;
  /** Paid for in both budgets, and not sent. */
  private long allowed;
  /** Of the session's budget, and not paid for. */
  private long left;

  Guard(RelayScope scope, ByteBudget shared) {
    this.scope = scope;
    this.shared = shared;
    this.left = scope.bytesOut();
    take(scope);
  }

  /** From now on this holds; bytes that were sent stay sent. */
  void restrict(RelayScope to, ByteBudget sharedNow) {
    shared = sharedNow;
    left += to.bytesOut() - scope.bytesOut();
    take(to);
    if (left < 0) {
      long unused = Math.min(allowed, -left);
      allowed -= unused;
      left += unused;
      shared.giveBack(unused);
    }
  }

  private void take(RelayScope now) {
    scope = now;
    frameBytes = now.frameBytes();
    refusedFromClient = now.functionCall() ? 0 : bit(FrameTypes.FUNCTION_CALL);
    refusedFromCompute = (now.copyIn()
        ? 0
        : bit(FrameTypes.COPY_IN_RESPONSE) | bit(FrameTypes.COPY_BOTH_RESPONSE))
        | (now.copyOut() ? 0 : bit(FrameTypes.COPY_OUT_RESPONSE))
        | (now.listen() ? 0 : bit(FrameTypes.NOTIFICATION_RESPONSE));
  }

  private static long bit(byte type) {
    return 1L << type;
  }

  /** Why this frame may not pass to the compute; null if it may. */
  @Nullable
  Breach fromClient(byte type, int length) {
    if ((refusedFromClient >>> type & 1) != 0 && type == FrameTypes.FUNCTION_CALL) {
      return Breach.messageKind(type);
    }
    return length > frameBytes ? Breach.frameBytes(length, frameBytes) : null;
  }

  /** Why this frame may not pass to the client; null if it may, and then it is paid for. */
  @Nullable
  Breach fromCompute(byte type, int length) {
    if ((refusedFromCompute >>> type & 1) != 0 && isLetter(type)) {
      return Breach.messageKind(type);
    }
    long frame = length + 1L;
    allowed -= frame;
    return allowed >= 0 ? null : takeMore(frame);
  }

  /** A control character has the bit of a letter; the client is left to refuse what no compute says. */
  private static boolean isLetter(byte type) {
    return type >= 'A';
  }

  private @Nullable Breach takeMore(long frame) {
    allowed += frame;
    long missing = frame - allowed;
    if (missing > left) { // which is below zero when more was sent than a narrower scope allows
      return Breach.sessionBytes(scope.bytesOut());
    }
    long more = Math.min(left, Math.max(missing, AHEAD));
    if (!shared.take(more)) {
      more = missing;
      if (!shared.take(more)) {
        return Breach.shared(shared);
      }
    }
    left -= more;
    allowed += more - frame;
    return null;
  }

  /** The session is over: gives back what was paid for and not sent. */
  void close() {
    long unused = allowed;
    allowed = 0;
    left = 0;
    if (unused > 0) {
      shared.giveBack(unused);
    }
  }
}
