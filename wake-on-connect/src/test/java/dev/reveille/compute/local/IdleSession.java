package dev.reveille.compute.local;

import dev.reveille.compute.AttachedSession;
import dev.reveille.compute.EndReason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;

/** A session that is always at rest and only wants to know when it is told to end. */
record IdleSession(CountDownLatch told) implements AttachedSession {
  @Override
  public boolean atRest() {
    return true;
  }

  @Override
  public long lastActivityNanos() {
    return System.nanoTime();
  }

  @Override
  public CompletionStage<Boolean> hold() {
    return CompletableFuture.completedFuture(true);
  }

  @Override
  public void release() {
  }

  @Override
  public void end(EndReason reason) {
    told.countDown();
  }
}
