package dev.reveille.wire;

/** Told by a {@link FrameScanner} what passes, on the scanner's thread. Must not throw. */
public interface FrameListener {

  /**
   * A header is complete; the body may still be on its way.
   *
   * @param type see {@link FrameTypes}
   * @param length as on the wire: the body and the four bytes of the length itself, so that the
   *        whole frame is one byte longer
   * @param offset of the type byte, from the reader index of the buffer being scanned; negative (-1
   *        to -4) when the header began in an earlier buffer
   */
  void frame(byte type, int length, int offset);

  /** The body of the ReadyForQuery just reported: {@code I}, {@code T} or {@code E}. */
  default void transactionStatus(byte status) {
  }
}
