package dev.reveille.proxy.operations;

import dev.reveille.auth.SharedKey;
import dev.reveille.cell.AccountId;
import dev.reveille.cell.Catalog;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CellId;
import dev.reveille.cell.CellLoad;
import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseName;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.DatabaseState;
import dev.reveille.cell.InvalidNameException;
import dev.reveille.cell.NameTakenException;
import dev.reveille.cell.NewDatabase;
import dev.reveille.cell.Placement;
import dev.reveille.cell.Route;
import dev.reveille.compute.ComputeStatus;
import dev.reveille.compute.Computes;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.PreparedStorage;
import dev.reveille.compute.SuspendOutcome;
import dev.reveille.compute.Wake;
import dev.reveille.compute.WakeOutcome;
import dev.reveille.proxy.audit.Audit;
import dev.reveille.proxy.audit.AuditEvent.CredentialCreated;
import dev.reveille.proxy.audit.AuditEvent.DatabaseCreated;
import dev.reveille.proxy.audit.AuditEvent.DatabaseDropped;
import dev.reveille.proxy.operations.OperationFailure.Kind;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can be done to a database by name. Every method blocks and belongs on a virtual thread; all
 * throw {@link OperationFailure}.
 *
 * <p>Creating is crash safe in this order: the catalog says CREATING (the name is taken, there is no
 * route), the storage gets its name and first role, the catalog says READY. Whatever is found half
 * made at a start was never answered for, and is taken away again. Dropping takes the route first,
 * then the storage, then the record.
 */
public final class Databases {
  private static final Logger log = LoggerFactory.getLogger(Databases.class);

  /** Who asks here: whoever holds the control token. */
  private static final String BY = "control";

  private final Catalog catalog;
  private final Computes computes;
  private final DatabaseSettings defaults;
  private final Duration deadline;
  private final Supplier<ConnectionStrings> connectionStrings;
  private final RandomGenerator random;
  private final Issuer issuer;
  private final Audit audit;
  private final Set<CellId> cells;

  /**
   * @param cells those whose computes this proxy starts; it makes and drops databases in no other
   */
  public Databases(Catalog catalog, Computes computes, DatabaseSettings defaults, Duration deadline,
      Supplier<ConnectionStrings> connectionStrings, Supplier<SharedKey> sharedKey,
      RandomGenerator random, InstantSource clock, Audit audit, Set<CellId> cells) {
    this.catalog = catalog;
    this.computes = computes;
    this.defaults = defaults;
    this.deadline = deadline;
    this.connectionStrings = connectionStrings;
    this.random = random;
    this.issuer = new Issuer(sharedKey, random, clock);
    this.audit = audit;
    this.cells = Set.copyOf(cells);
  }

  /** Makes a database and returns a connection string with a fresh {@code ddl} credential. */
  public String create(String name) {
    return answered(() -> {
      DatabaseName.require(name);
      AccountId account = catalog.defaultAccount();
      CellId cell = placement();
      PreparedStorage prepared = await("a prepared storage", computes.takePrepared(cell));
      Route route;
      try {
        route = catalog.createDatabase(
            new NewDatabase(account, name, cell, prepared.storage(), defaults));
      } catch (CatalogException e) {
        discard(prepared);
        throw e;
      }
      try {
        Issuer.Issued issued = issuer.owner(account, route.database());
        CompletionStage<Void> named = computes.name(prepared, route, role(issued.credential()));
        catalog.createCredential(issued.credential());
        await("the new database", named);
        catalog.markReady(route.database());
        audit.record(
            new DatabaseCreated(account, route.database(), route.name(), BY));
        audit.record(CredentialCreated.of(issued.credential(), Optional.empty(), BY));
        return connectionStrings.get().of(issued.credential().name(), issued.secret(), name);
      } catch (RuntimeException e) {
        undo(route);
        throw e;
      }
    });
  }

  /** A connection string for a database that is there, with a fresh {@code ddl} credential. */
  public String url(String name) {
    return answered(() -> {
      Route route = route(name);
      Issuer.Issued issued = issuer.owner(route.account(), route.database());
      catalog.createCredential(issued.credential());
      audit.record(CredentialCreated.of(issued.credential(), Optional.empty(), BY));
      return connectionStrings.get().of(issued.credential().name(), issued.secret(), name);
    });
  }

  /** All databases of the account, by name. */
  public List<DatabaseView> list() {
    return answered(() -> {
      Map<String, ComputeStatus> statuses = computes.statuses()
          .stream()
          .collect(
              Collectors.toMap(s -> s.database().toString(), Function.identity(), (a, b) -> b));
      List<DatabaseView> views = new ArrayList<>();
      for (DatabaseRecord database : catalog.databases(catalog.defaultAccount())) {
        Route route = database.route();
        Optional<ComputeStatus> status = Optional
            .ofNullable(statuses.get(route.database().toString()));
        String state = database.state() == DatabaseState.READY
            ? status.map(ComputeStatus::state).orElse("asleep")
            : database.state().word();
        views.add(new DatabaseView(route.name(), route.database().toString(),
            route.homeCell().value(), state, status.map(ComputeStatus::sessions).orElse(0),
            database.createdAt()));
      }
      return views;
    });
  }

  /** Stops the database's compute; returns what was done, in words. */
  public String suspend(String name) {
    return answered(() -> {
      Route route = route(name);
      return switch (await("the suspend", computes.suspend(route.database()))) {
        case SuspendOutcome.Suspended done -> "\"" + name + "\" is suspended";
        case SuspendOutcome.AlreadyAsleep asleep -> "\"" + name + "\" was already asleep";
        case SuspendOutcome.Busy busy -> throw new OperationFailure(Kind.BUSY,
            "\"" + name + "\" is at work: " + busy.reason(),
            "Try again when its sessions are idle.");
        case SuspendOutcome.AlwaysAwake always -> throw new OperationFailure(Kind.INVALID,
            "\"" + name + "\" is in a static cell and always runs", "");
      };
    });
  }

  /** Starts the database's compute; returns what was done, in words. */
  public String wake(String name) {
    return answered(() -> {
      Wake wake = computes.wake(route(name));
      try {
        return switch (await("the wake", wake.outcome())) {
          case WakeOutcome.Ready ready -> "\"" + name + "\" "
              + (ready.cold() ? "is awake" : "was already awake");
          case WakeOutcome.TooManyWaiters many -> throw new OperationFailure(Kind.BUSY,
              many.limit() + " clients already wait for \"" + name + "\"", "");
          case WakeOutcome.BackingOff off -> throw new OperationFailure(
              Kind.BUSY, "\"" + name + "\" keeps failing to start: " + off.reason(),
              "It is tried again in " + off.retryAfter().toSeconds() + " s.");
          case WakeOutcome.NotAllowed refused -> throw new OperationFailure(Kind.FAILED,
              "\"" + name + "\" may not be started now", "");
          case WakeOutcome.Failed failed -> throw new OperationFailure(Kind.FAILED,
              "\"" + name + "\" could not be started: " + failed.reason(), "The log has more.");
          case WakeOutcome.Dropped dropped -> throw OperationFailure.noSuchDatabase(name);
        };
      } finally {
        wake.abandon();
      }
    });
  }

  /** Ends the database's sessions and deletes its storage; returns what was done, in words. */
  public String drop(String name) {
    return answered(() -> {
      if (configured(route(name))) {
        throw new OperationFailure(Kind.INVALID, "\"" + name + "\" is in a static cell",
            "Take it out of cells in the configuration.");
      }
      if (!cells.contains(route(name).homeCell())) {
        throw new OperationFailure(Kind.INVALID,
            "\"" + name + "\" lives in cell " + route(name).homeCell() + " of another proxy",
            "Ask the proxy that has this cell.");
      }
      Route route = catalog.dropDatabase(catalog.defaultAccount(), name)
          .orElseThrow(() -> OperationFailure.noSuchDatabase(name));
      audit.record(new DatabaseDropped(route.account(), route.database(), route.name(),
          BY));
      remove(route);
      return "\"" + name + "\" is gone";
    });
  }

  /** Takes away what an earlier life left half made or half dropped. */
  public void recover() {
    List<DatabaseRecord> halves = new ArrayList<>(catalog.databasesBeingCreated());
    halves.addAll(catalog.databasesBeingDropped());
    halves.removeIf(half -> !cells.contains(half.route().homeCell()));
    for (DatabaseRecord half : halves) {
      log.atInfo()
          .addKeyValue("database", half.route().database())
          .addKeyValue("state", half.state().word())
          .log("taking away what was left half done");
      remove(half.route());
    }
  }

  private CellId placement() {
    List<CellLoad> local = catalog.cellLoads()
        .stream()
        .filter(load -> cells.contains(load.cell().id()))
        .toList();
    return Placement.choose(local, random)
        .orElseThrow(() -> new OperationFailure(Kind.BUSY, "no cell takes new databases",
            "See their state with: reveille status"));
  }

  /** Databases of static cells are there because the configuration says so. */
  private boolean configured(Route route) {
    return catalog.cells()
        .stream()
        .anyMatch(
            cell -> cell.id().equals(route.homeCell()) && cell.provider().equals("static"));
  }

  private Route route(String name) {
    return catalog.route(catalog.defaultAccount(), name)
        .orElseThrow(() -> OperationFailure.noSuchDatabase(name));
  }

  private void undo(Route route) {
    try {
      remove(route);
    } catch (RuntimeException e) {
      log.atWarn()
          .setCause(e)
          .addKeyValue("database", route.database())
          .log("left half made; the next start takes it away");
    }
  }

  private void remove(Route route) {
    await("the storage's removal", computes.drop(route));
    catalog.forgetDatabase(route.database());
  }

  private void discard(PreparedStorage prepared) {
    var _ = computes.discard(prepared).exceptionally(e -> {
      log.atWarn()
          .setCause(e)
          .addKeyValue("storage", prepared.storage())
          .log("a storage that was not used could not be removed");
      return null;
    });
  }

  private static LoginRole role(Credential credential) {
    return new LoginRole(credential.name(), credential.mode(),
        credential.scope().objects(), credential.version(),
        credential.connectionLimit());
  }

  private <T> T await(String what, CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new OperationFailure(Kind.BUSY,
          what + " took longer than " + deadline.toSeconds() + " s", "It is safe to try again.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OperationFailure(Kind.UNAVAILABLE, "the process is stopping", "");
    } catch (ExecutionException e) {
      log.atWarn().setCause(e.getCause()).addKeyValue("kind", what).log("an operation failed");
      throw new OperationFailure(Kind.FAILED, what + " failed", "The log says why.");
    }
  }

  private static <T> T answered(Supplier<T> operation) {
    try {
      return operation.get();
    } catch (InvalidNameException e) {
      throw new OperationFailure(Kind.INVALID, text(e), "");
    } catch (NameTakenException e) {
      throw new OperationFailure(Kind.EXISTS, text(e),
          "For a connection string to it: reveille url NAME");
    } catch (CatalogException e) {
      throw new OperationFailure(Kind.UNAVAILABLE, text(e), "It is safe to try again.");
    }
  }

  private static String text(CatalogException e) {
    return Objects.requireNonNullElse(e.getMessage(), "the catalog failed");
  }
}
