package dev.reveille.proxy.relay;

import dev.reveille.wire.ErrorFields;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What is done before some of a client's requests reach the compute. Belongs to one session, and is called on its event
 * loop alone.
 */
public interface Precaution {
  /** What the client is told, and whether its request goes on. */
  sealed interface Outcome {
    /** It goes on, behind a NOTICE. */
    record Passed(ErrorFields notice) implements Outcome {}

    /** It never reaches the compute; it failed with this error, as if the compute had said so. */
    record Refused(ErrorFields error) implements Outcome {}
  }

  /**
   * Looks at a Query, Parse, Bind, Execute or Close before it passes. Sees each of them once, in order. Must neither block
   * nor throw.
   *
   * @param body what follows the length, borrowed; of a very long message the beginning
   * @param whole whether this is all of it
   * @return a word for what has to be taken care of before it goes on, or null
   */
  @Nullable
  String before(byte type, ByteBuf body, boolean whole);

  /**
   * Takes care. Everything that the client sent before has been answered, or belongs to the same implicit transaction.
   *
   * @param what the word that {@link #before} said
   * @param inTransaction whether a transaction is open, of which nothing is committed
   * @return may complete on any thread, and never exceptionally
   */
  CompletionStage<Outcome> take(String what, boolean inTransaction);
}
