package dev.reveille.proxy.console;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.ComputeAddress;
import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.compute.Computes;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.PreparedStorage;
import dev.reveille.compute.StartPermit;
import dev.reveille.compute.Wake;
import dev.reveille.compute.WakeOutcome;
import dev.reveille.compute.admin.AdminConnection;
import dev.reveille.compute.local.Administration;
import dev.reveille.proxy.console.Topics.Topic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The console of one account: a compute of its own, which is made when it is wanted first and lives as
 * long as this proxy, suspended when nobody uses it. What is in it is this account's and nobody else's.
 * Any thread; {@link #refresh} blocks.
 */
final class Console {
  static final String DATABASE = "reveille";

  private static final Logger log = LoggerFactory.getLogger(Console.class);
  private static final Duration SUSPEND_AFTER = Duration.ofSeconds(60);
  private static final Duration ADMINISTRATION = Duration.ofSeconds(20);
  /** Ends with the next sweep, as no credential has this name. */
  private static final LoginRole FIRST = new LoginRole("console_first", Mode.RO,
      new ObjectScope.All(), 1, 1);
  private static final Executor ASIDE = command -> Thread.ofVirtual()
      .name("console")
      .start(command);

  private final AccountId account;
  private final DatabaseId id;
  private final CellId cell;
  private final Computes computes;
  private final ReentrantLock turn = new ReentrantLock();
  private final Mirror mirror = new Mirror();
  private final DatabaseMirror databases;
  private @Nullable CompletableFuture<WakeOutcome> making;
  private volatile @Nullable Route made;
  private volatile Place place = new Place(true, true);
  private volatile @Nullable ComputeEndpoint endpoint;
  private @Nullable AdminConnection admin;
  private @Nullable ComputeEndpoint adminOf;

  Console(AccountId account, CellId cell, Computes computes) {
    this.account = account;
    this.databases = new DatabaseMirror(account);
    this.id = new DatabaseId(
        UUID.nameUUIDFromBytes(("console of " + account).getBytes(StandardCharsets.UTF_8)));
    this.cell = cell;
    this.computes = computes;
  }

  DatabaseId id() {
    return id;
  }

  Place place() {
    return place;
  }

  /** Leads to this console; what is behind it is made with the first wake. */
  Route route() {
    Route known = made;
    return known != null ? known : route(new StorageId(id.value()));
  }

  private Route route(StorageId storage) {
    return new Route(id, account, DATABASE, cell, storage, new DatabaseSettings(SUSPEND_AFTER), 1);
  }

  Wake wake(StartPermit permit) {
    Route known = made;
    return known != null
        ? new Noted(computes.wake(known, permit))
        : new Made(making(permit), permit);
  }

  /** One making at a time, however many wait for it. */
  private synchronized CompletionStage<WakeOutcome> making(StartPermit permit) {
    CompletableFuture<WakeOutcome> running = making;
    if (running != null) {
      return running.copy();
    }
    if (!permit.take()) {
      return CompletableFuture.completedFuture(new WakeOutcome.NotAllowed(permit.again()));
    }
    CompletableFuture<WakeOutcome> begun = make().toCompletableFuture();
    making = begun;
    begun.whenComplete((outcome, failure) -> {
      synchronized (this) {
        making = null;
      }
      if (made == null) {
        permit.giveBack();
      }
    });
    return begun.copy();
  }

  private CompletionStage<WakeOutcome> make() {
    return computes.takePrepared(cell)
        .thenCompose(this::name)
        .exceptionally(failure -> {
          log.atWarn()
              .setCause(failure)
              .addKeyValue("account", account)
              .log("the console could not be made");
          return new WakeOutcome.Failed("the console could not be made");
        });
  }

  private CompletionStage<WakeOutcome> name(PreparedStorage prepared) {
    Route route = route(prepared.storage());
    return computes.nameForThisLife(prepared, route, FIRST)
        .thenCompose(named -> {
          Wake wake = computes.wake(route);
          return wake.outcome().whenComplete((outcome, failure) -> wake.abandon());
        })
        .thenApplyAsync(outcome -> {
          if (outcome instanceof WakeOutcome.Ready(var where, _)) {
            furnish(where);
            endpoint = where;
            made = route;
          }
          return outcome;
        }, ASIDE);
  }

  private void furnish(ComputeEndpoint where) {
    try (AdminConnection fresh = administer(where)) {
      Mirror.create(fresh);
      place = new Place(true, Mirror.localeRenamed(fresh));
    } catch (IOException e) {
      throw new IllegalStateException("the console's tables cannot be made", e);
    }
  }

  private static AdminConnection administer(ComputeEndpoint where) throws IOException {
    Path socket = switch (where.address()) {
      case ComputeAddress.UnixSocket(var path) -> path;
      case ComputeAddress.Tcp tcp -> throw new IOException("not a local compute: " + tcp);
    };
    return Administration.open(socket, DATABASE, ADMINISTRATION);
  }

  /** Brings the tables of these topics up to date. */
  void refresh(Topics topics, Sources sources) throws IOException {
    turn.lock();
    boolean done = false;
    try {
      AdminConnection open = admin();
      if (topics.needNames()) {
        databases.look(open, sources.catalog(), sources.clock().instant());
      }
      if (topics.has(Topic.DATABASES)) {
        databases.lookAtUse(open, sources.catalog(), sources.computes().statuses());
      }
      mirror.write(open, new Account(account, sources, open).rows(topics));
      done = true;
    } finally {
      if (!done) {
        leave(); // it may be in the midst of a transaction
      }
      turn.unlock();
    }
  }

  private AdminConnection admin() throws IOException {
    ComputeEndpoint where = endpoint;
    if (where == null) {
      throw new IOException("the console is not there");
    }
    AdminConnection open = admin;
    if (open != null && where.equals(adminOf)) {
      return open;
    }
    leave();
    AdminConnection fresh = administer(where);
    admin = fresh;
    adminOf = where;
    return fresh;
  }

  private void leave() {
    AdminConnection open = admin;
    admin = null;
    if (open != null) {
      open.close();
    }
  }

  /** A wake whose endpoint is remembered. */
  private final class Noted implements Wake {
    private final Wake wake;
    private final CompletionStage<WakeOutcome> outcome;

    Noted(Wake wake) {
      this.wake = wake;
      this.outcome = wake.outcome().thenApply(answer -> {
        if (answer instanceof WakeOutcome.Ready(var where, _)) {
          endpoint = where;
        }
        return answer;
      });
    }

    @Override
    public CompletionStage<WakeOutcome> outcome() {
      return outcome;
    }

    @Override
    public void abandon() {
      wake.abandon();
    }
  }

  /** A wake of what is being made: once that is there, an ordinary one. */
  private final class Made implements Wake {
    private final CompletableFuture<Optional<Wake>> ordinary;
    private final CompletionStage<WakeOutcome> outcome;

    Made(CompletionStage<WakeOutcome> making, StartPermit permit) {
      CompletableFuture<WakeOutcome> failed = new CompletableFuture<>();
      this.ordinary = making.thenApply(answer -> {
        Route known = made;
        if (known == null) {
          failed.complete(answer);
          return Optional.<Wake>empty();
        }
        return Optional.<Wake>of(new Noted(computes.wake(known, permit)));
      }).toCompletableFuture();
      this.outcome = ordinary
          .thenCompose(wake -> wake.<CompletionStage<WakeOutcome>>map(Wake::outcome)
              .orElse(failed))
          .thenApply(answer -> answer instanceof WakeOutcome.Ready(var where, _)
              ? new WakeOutcome.Ready(where, true)
              : answer);
    }

    @Override
    public CompletionStage<WakeOutcome> outcome() {
      return outcome;
    }

    @Override
    public void abandon() {
      ordinary.thenAccept(wake -> wake.ifPresent(Wake::abandon));
    }
  }
}
