package dev.reveille.compute;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A session whose rest a test decides, and that remembers what it was told. */
final class ScriptedSession implements AttachedSession {
  final List<String> told = new ArrayList<>();
  boolean atRest = true;
  long lastActivity;
  CompletableFuture<Boolean> hold = CompletableFuture.completedFuture(true);

  ScriptedSession(long lastActivity) {
    this.lastActivity = lastActivity;
  }

  @Override
  public boolean atRest() {
    return atRest;
  }

  @Override
  public long lastActivityNanos() {
    return lastActivity;
  }

  @Override
  public CompletionStage<Boolean> hold() {
    told.add("hold");
    return hold;
  }

  @Override
  public void release() {
    told.add("release");
  }

  @Override
  public void end(EndReason reason) {
    told.add("end " + reason);
  }
}
