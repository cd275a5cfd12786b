package dev.reveille.proxy.console;

import io.netty.buffer.ByteBuf;

/** What the client is told in place of the answers to a stand-in. */
@FunctionalInterface
interface Replies {
  /**
   * Writes to {@code out} what the client gets for this message of the compute.
   *
   * @param message whole, with its header; borrowed
   * @return whether that was the last that was looked at
   */
  boolean answer(byte type, ByteBuf message, ByteBuf out);
}
