package dev.reveille.proxy.app;

import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.Directory;
import dev.reveille.cell.DirectoryChange;
import dev.reveille.compute.Computes;
import dev.reveille.compute.LiveCredentials;
import dev.reveille.proxy.token.TokenCredential;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has the roles of ended credentials taken from computes: as soon as the directory hears of a change,
 * and now and then for those whose time is up, of which nobody tells. Many changes at once are looked
 * at once.
 */
final class RoleEnds implements AutoCloseable {
  private static final Duration GATHER = Duration.ofMillis(50);
  private static final Duration EXPIRED = Duration.ofSeconds(10);

  private final Directory directory;
  private final Computes computes;
  private final InstantSource clock;
  private final LiveCredentials live = this::ended;
  private final AtomicBoolean due = new AtomicBoolean();
  private final AutoCloseable subscription;
  private volatile boolean closed;

  private RoleEnds(Directory directory, Computes computes, InstantSource clock) {
    this.directory = directory;
    this.computes = computes;
    this.clock = clock;
    subscription = directory.onChange(this::changed);
  }

  static RoleEnds follow(Directory directory, Computes computes, InstantSource clock) {
    RoleEnds ends = new RoleEnds(directory, computes, clock);
    ends.look();
    ends.lookLater(EXPIRED, ends::lookForExpired);
    return ends;
  }

  private CompletionStage<Boolean> ended(DatabaseId database, String role) {
    if (TokenCredential.isName(role)) {
      // Stored nowhere, and a session of another proxy may have it: nobody here can tell.
      return CompletableFuture.completedFuture(false);
    }
    return directory.credential(role).thenApply(found -> {
      if (found.isEmpty()) {
        return true;
      }
      Credential credential = found.get();
      return switch (credential.fitness(clock.instant())) {
        case REVOKED, EXPIRED -> true;
        case GOOD, NOT_YET -> !credential.databases().allows(database);
      };
    });
  }

  private void changed(DirectoryChange change) {
    switch (change) {
      case DirectoryChange.CredentialChanged _,DirectoryChange.Resynchronized _ -> lookSoon();
      case DirectoryChange.RouteChanged _,DirectoryChange.RouteDropped _ -> {
        // A database that is dropped takes its roles with it.
      }
    }
  }

  private void lookSoon() {
    if (due.compareAndSet(false, true)) {
      lookLater(GATHER, () -> {
        due.set(false);
        look();
      });
    }
  }

  private void lookForExpired() {
    look();
    lookLater(EXPIRED, this::lookForExpired);
  }

  private void look() {
    if (!closed) {
      computes.endRoles(live);
    }
  }

  private void lookLater(Duration after, Runnable look) {
    if (!closed) {
      Executor thread = command -> Thread.ofVirtual().name("role-ends").start(command);
      CompletableFuture.delayedExecutor(after.toNanos(), TimeUnit.NANOSECONDS, thread)
          .execute(look);
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      subscription.close();
    } catch (Exception e) {
      throw new IllegalStateException("the directory could not be left", e);
    }
  }
}
