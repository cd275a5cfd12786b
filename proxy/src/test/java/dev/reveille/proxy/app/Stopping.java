package dev.reveille.proxy.app;

import dev.reveille.cell.Catalog;
import dev.reveille.cell.CheckpointTable;
import dev.reveille.cell.LifetimeTable;
import dev.reveille.compute.Computes;
import dev.reveille.compute.Moving;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A catalog and computes that die with their process at one step: what changes something is counted, and
 * from the chosen one on nothing is done any more. {@code late} lets that one step happen, and only its
 * answer is lost.
 */
final class Stopping {
  /** The process is gone. */
  static final class Gone extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static final Set<String> READS = Set.of("route", "databases", "credential", "credentials",
      "cellLoads", "cells", "defaultAccount", "checkpoint", "checkpoints", "checkpointsOf", "bases",
      "basesOf",
      "lifetimes", "storageIntents", "statuses", "storages", "knownStorages", "sharedKey",
      "unfinishedCheckpoints", "databasesBeingCreated", "databasesBeingDropped", "orphans",
      "expired", "pastGrace", "expiredCheckpoints");

  private final int at;
  private final boolean late;
  private final List<String> steps = new ArrayList<>();

  Stopping(int at, boolean late) {
    this.at = at;
    this.late = late;
  }

  /** Whether it came to that step. */
  synchronized boolean stopped() {
    return steps.size() >= at;
  }

  synchronized String last() {
    return steps.isEmpty() ? "nothing" : steps.getLast();
  }

  Catalog before(Catalog catalog) {
    LifetimeTable lifetimes = guarded(LifetimeTable.class, catalog.lifetimes());
    CheckpointTable checkpoints = guarded(CheckpointTable.class, catalog.checkpoints());
    return (Catalog) Proxy.newProxyInstance(Catalog.class.getClassLoader(),
        new Class<?>[]{Catalog.class}, (proxy, method, arguments) -> {
          if (method.getName().equals("lifetimes")) {
            return lifetimes;
          }
          return method.getName().equals("checkpoints") && method.getParameterCount() == 0
              ? checkpoints
              : call(catalog, method, arguments);
        });
  }

  Computes before(Computes computes) {
    return guarded(Computes.class, computes);
  }

  private <T> T guarded(Class<T> type, T behind) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{type},
        (proxy, method, arguments) -> call(behind, method, arguments)));
  }

  /** What was begun goes on to its end; only nobody hears of it. */
  private static void ended(CompletionStage<?> stage) throws Exception {
    var _ = stage.toCompletableFuture()
        .handle((done, failure) -> true)
        .get(1, TimeUnit.MINUTES);
  }

  private Object call(Object behind, Method method, Object[] arguments) throws Throwable {
    boolean reads = READS.contains(method.getName());
    int step;
    synchronized (this) {
      if (steps.size() >= at) {
        throw new Gone();
      }
      if (!reads) {
        steps.add(method.getName());
      }
      step = reads ? 0 : steps.size();
    }
    if (step == at && !late) {
      throw new Gone();
    }
    try {
      Object answer = method.invoke(behind, arguments);
      if (step == at) {
        if (answer instanceof CompletionStage<?> stage) {
          ended(stage);
          return CompletableFuture.failedFuture(new Gone());
        }
        if (answer instanceof Moving<?> moving) {
          ended(moving.report());
          return Moving.of(CompletableFuture.failedFuture(new Gone()));
        }
        throw new Gone();
      }
      return answer;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
