package dev.reveille.proxy.console;

import java.time.Duration;
import java.util.List;

/** What a conversation can do with the two sides of its session. On the event loop. */
interface Line {
  /** Passes messages on to the compute, each an array of its own. */
  void forward(byte[]... messages);

  /**
   * Reads no more from the client and runs {@code next} when the compute owes no answer (or waits for
   * COPY data). {@link #proceed} or {@link #substitute} ends it.
   */
  void whenQuiet(Runnable next);

  /** From now until this reads on, a cancel request of the client's does that. On the event loop. */
  void onCancel(Runnable cancel);

  /** Reads on. */
  void proceed();

  /** Sends a stand-in, has its answers replaced, and then reads on. Only when quiet. */
  void substitute(Replies replies, byte[]... messages);

  /**
   * Sends something of one's own, and runs {@code next} when its answers have been looked at; the client
   * is held until then as by {@link #whenQuiet}. Only when quiet.
   */
  void ask(Replies replies, Runnable next, byte[]... messages);

  /** Runs that after a while, unless the session is over by then, or the answer is run before. */
  Runnable after(Duration time, Runnable work);

  /** Sends something to the client between two messages. Only when quiet. */
  void tell(List<String> warnings);

  /** Runs on the event loop, unless the session is over. */
  void later(Runnable work);

  /** Whether what the client sends is dropped up to its next Sync. */
  boolean isSkipping();

  /** Whether what the client sends belongs to a COPY. */
  boolean takesCopy();

  /** What ReadyForQuery said last: I, T or E. */
  char status();
}
