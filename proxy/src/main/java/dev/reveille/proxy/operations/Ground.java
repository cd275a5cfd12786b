package dev.reveille.proxy.operations;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.Catalog;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.InvalidNameException;
import dev.reveille.cell.NameTakenException;
import dev.reveille.cell.Route;
import dev.reveille.compute.ComputeBusyException;
import dev.reveille.compute.Computes;
import dev.reveille.compute.EndReason;
import dev.reveille.compute.Moving;
import dev.reveille.compute.Recall;
import dev.reveille.compute.RecalledException;
import dev.reveille.proxy.audit.Audit;
import dev.reveille.proxy.budget.AccountBudget;
import dev.reveille.proxy.budget.BudgetExhausted;
import dev.reveille.proxy.operations.OperationFailure.Kind;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every operation on databases stands on, and how its failures are told. */
record Ground(Catalog catalog, Computes computes, Policies policies, RandomGenerator random,
    InstantSource clock, Audit audit, Set<CellId> cells, AccountBudget budget, Turns turns) {
  private static final Logger log = LoggerFactory.getLogger(Ground.class);
  private static final String AGAIN = "It is safe to try again.";

  Ground {
    cells = Set.copyOf(cells);
  }

  /** As exact as the catalog keeps it. */
  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }

  /** The route of a database that is there, archived or not. */
  Route route(AccountId account, String name) {
    return catalog.route(account, name)
        .orElseThrow(() -> OperationFailure.noSuchDatabase(name));
  }

  /** What a database is now that was this a moment ago. */
  Route same(Route before) {
    return find(before).orElseThrow(() -> OperationFailure.noSuchDatabase(before.name()));
  }

  /** The same; empty when it has gone, or has another name. */
  Optional<Route> find(Route before) {
    return catalog.route(before.account(), before.name())
        .filter(now -> now.database().equals(before.database()));
  }

  /** See {@link dev.reveille.compute.StorageOperations#quiesced}; 55006 if sessions stay. */
  void quiesced(Route route, EndReason reason, boolean force, Callable<Route> work) {
    try {
      CompletableFuture<Boolean> begun = new CompletableFuture<>();
      CompletableFuture<Route> over = computes.quiesced(route, reason, force, () -> {
        begun.complete(true);
        return work.call();
      }).toCompletableFuture();
      String what = "bringing the database to rest";
      var _ = await(what, CompletableFuture.anyOf(begun, over));
      var _ = await(what, over, Long.MAX_VALUE); // each step of the work has a deadline of its own
    } catch (ComputeBusyException e) {
      throw OperationFailure.inUse(route.name(), String.valueOf(e.getMessage()));
    }
  }

  /** The credential by whom it is asked for; empty for keys and for control. */
  Optional<Credential> credential(Requester who) {
    return Credential.validName(who.name())
        ? catalog.credential(who.name()).filter(one -> one.account().equals(who.account()))
        : Optional.empty();
  }

  /** Refuses what cannot be changed from here: a static database, or one of another proxy. */
  Route own(Route route) {
    if (!cells.contains(route.homeCell())) {
      boolean configured = catalog.cells()
          .stream()
          .anyMatch(cell -> cell.id().equals(route.homeCell())
              && cell.provider().equals("static"));
      throw configured
          ? OperationFailure.notOffered("\"" + route.name() + "\" is in a static cell",
              "Take it out of cells in the configuration, or change it there.")
          : OperationFailure.notOffered("\"" + route.name() + "\" lives in cell "
              + route.homeCell() + " of another proxy", "Ask the proxy that has this cell.");
    }
    return route;
  }

  /** Refuses what is put away. */
  static Route inUse(Route route) {
    if (route.lifetime().archived()) {
      throw Expiry.archived(route);
    }
    return route;
  }

  /** The same for a wait that is not worth while any more when whoever asked takes that back. */
  <T> T awaitOrRecalled(String what, CompletionStage<T> stage) {
    return await(what, Recall.current().orRecalled(stage));
  }

  /**
   * Waits for as long as bytes are moved; what stands still for the deadline is {@link #giveUp given up},
   * and so is what whoever asked takes back.
   */
  <T> T await(String what, Moving<T> moving) {
    Recall recall = Recall.current();
    recall.whenAsked(moving::abandon);
    long moved = -1;
    boolean over = false;
    while (!over && moving.moved() != moved) {
      moved = moving.moved();
      over = over(moving);
    }
    if (!over && !giveUp(moving)) {
      throw new OperationFailure(Kind.BUSY,
          what + " made no progress for " + policies.deadline().toSeconds() + " s", AGAIN);
    }
    if (recall.isAsked() && moving.report().toCompletableFuture().isCompletedExceptionally()) {
      throw new RecalledException();
    }
    return await(what, moving.report());
  }

  /**
   * Calls it off, and waits for its end: until then a clone cannot be taken away.
   *
   * @return whether it came to a good end all the same
   */
  boolean giveUp(Moving<?> moving) {
    moving.abandon();
    if (!over(moving)) {
      log.warn("what was given up does not end; the next start takes away what is left of it");
      return false;
    }
    return !moving.report().toCompletableFuture().isCompletedExceptionally();
  }

  /** Waits up to the deadline; whether it has ended, well or not. */
  private boolean over(Moving<?> moving) {
    try {
      return moving.report()
          .handle((report, failure) -> true)
          .toCompletableFuture()
          .get(policies.deadline().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OperationFailure(Kind.UNAVAILABLE, "the process is stopping", "");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  <T> T await(String what, CompletionStage<T> stage) {
    return await(what, stage, policies.deadline().toNanos());
  }

  private <T> T await(String what, CompletionStage<T> stage, long nanos) {
    try {
      return stage.toCompletableFuture().get(nanos, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new OperationFailure(Kind.BUSY,
          what + " took longer than " + policies.deadline().toSeconds() + " s", AGAIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OperationFailure(Kind.UNAVAILABLE, "the process is stopping", "");
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case OperationFailure failure -> throw failure;
        case CatalogException failure -> throw failure;
        case ComputeBusyException busy -> throw busy;
        case RecalledException recalled -> throw recalled;
        case null, default -> {
          log.atWarn().setCause(e.getCause()).addKeyValue("kind", what).log("an operation failed");
          throw new OperationFailure(Kind.FAILED, what + " failed", "The log says why.");
        }
      }
    }
  }

  /** Does what may be half done at some moment; its failures are told as {@link #answered}. */
  <T> T changed(Supplier<T> operation) {
    return answered(() -> turns.working(operation));
  }

  static <T> T answered(Supplier<T> operation) {
    try {
      return operation.get();
    } catch (RecalledException e) {
      throw OperationFailure.cancelled();
    } catch (BudgetExhausted e) {
      throw OperationFailure.overBudget(e);
    } catch (InvalidNameException e) {
      throw new OperationFailure(Kind.INVALID, e.sqlState(), text(e), "", "");
    } catch (NameTakenException e) {
      throw new OperationFailure(Kind.EXISTS, e.sqlState(), text(e), "",
          "Choose another name. For a connection string to this one: reveille url NAME");
    } catch (CatalogException e) {
      throw switch (e.sqlState()) {
        case "3D000" -> new OperationFailure(Kind.NOT_FOUND, "3D000", text(e), "", "");
        case "42501", "28000" -> new OperationFailure(Kind.NOT_ALLOWED, e.sqlState(), text(e), "",
            "It was changed at the same moment.");
        default -> new OperationFailure(Kind.UNAVAILABLE, text(e), AGAIN);
      };
    }
  }

  private static String text(CatalogException e) {
    return Objects.requireNonNullElse(e.getMessage(), "the catalog failed");
  }
}
