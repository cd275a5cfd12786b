package dev.reveille.proxy.relay;

import dev.reveille.proxy.undo.Statements;
import dev.reveille.wire.ErrorFields;
import dev.reveille.wire.Severity;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A precaution before statements that destroy, which a test lets pass or refuses. */
final class Care implements Precaution {
  /** One request that is held. */
  record Taking(String what, boolean inTransaction, CompletableFuture<Outcome> outcome) {
    void pass() {
      outcome.complete(new Outcome.Passed(
          ErrorFields.of(Severity.NOTICE, "00000", "care was taken before " + what)));
    }

    void refuse() {
      outcome.complete(
          new Outcome.Refused(ErrorFields.of(Severity.ERROR, "58000", "no care before " + what)));
    }
  }

  final BlockingQueue<Taking> takings = new LinkedBlockingQueue<>();
  private final Statements statements = new Statements();

  @Override
  public @Nullable String before(byte type, ByteBuf body, boolean whole) {
    return statements.before(type, body, whole);
  }

  @Override
  public CompletionStage<Outcome> take(String what, boolean inTransaction) {
    Taking taking = new Taking(what, inTransaction, new CompletableFuture<>());
    takings.add(taking);
    return taking.outcome();
  }

  Taking next() throws InterruptedException {
    Taking next = takings.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing is held");
    }
    return next;
  }
}
