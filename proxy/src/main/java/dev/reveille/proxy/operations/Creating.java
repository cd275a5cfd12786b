package dev.reveille.proxy.operations;

import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CellId;
import dev.reveille.cell.CellLoad;
import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseName;
import dev.reveille.cell.DatabaseRecord;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.DatabaseState;
import dev.reveille.cell.Lineage;
import dev.reveille.cell.NameTakenException;
import dev.reveille.cell.NewDatabase;
import dev.reveille.cell.Placement;
import dev.reveille.cell.Route;
import dev.reveille.compute.CloneReport;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.PreparedStorage;
import dev.reveille.proxy.audit.AuditEvent.CredentialCreated;
import dev.reveille.proxy.audit.AuditEvent.DatabaseCreated;
import dev.reveille.proxy.budget.AccountBudget.Admission;
import dev.reveille.proxy.operations.Issuer.Issued;
import dev.reveille.proxy.operations.OperationFailure.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The beginning of databases. The catalog says CREATING first (the name is taken, there is no route),
 * then the storage is named or cloned, then the catalog says READY. Whatever is found half made at a
 * start was never answered for, and is taken away again.
 */
final class Creating {
  private static final Logger log = LoggerFactory.getLogger(Creating.class);

  private final Ground ground;
  private final Issuer issuer;
  private final Removal removal;
  private final Branching branching;
  private final Bases bases;

  /** A database that was made; with a credential for it, if one was asked for. */
  record Made(Created created, Optional<Issued> issued) {}

  /**
   * A database that the catalog knows as CREATING.
   *
   * @param storage begins to make its storage; given the first role that it is to have, where it can
   *     have one
   */
  record Begun(Route route, Lineage lineage, Function<LoginRole, Coming> storage, String state) {}

  /** A storage that is being made. */
  interface Coming {
    /** What was cloned for it, if something was. */
    Optional<CloneReport> await();

    /** Nobody wants it any more. When this returns it can be taken away. */
    void giveUp();
  }

  Creating(Ground ground, Issuer issuer, Removal removal, Branching branching,
      Bases bases) {
    this.ground = ground;
    this.issuer = issuer;
    this.removal = removal;
    this.branching = branching;
    this.bases = bases;
  }

  /**
   * @param access whether a fresh credential for it is wanted as well
   * @param base whether a branch is to be remembered as it began
   */
  Made create(Requester who, CreateDatabase request, boolean access, boolean base) {
    DatabaseName.require(request.name());
    LifetimeRules rules = ground.policies().lifetimes();
    Instant now = ground.now();
    Optional<Instant> expiresAt = Expiry.at(who, request.ttl(),
        request.source().isPresent() ? rules.agentBranch() : rules.agentDatabase(), rules, now);
    Optional<DatabaseSettings> settings = request.suspendAfter().map(Expiry::suspendingAfter);
    if (ground.catalog().route(who.account(), request.name()).isPresent()) {
      throw NameTakenException.database(request.name());
    }
    try (Admission admission = ground.budget().admitCreate(who.account())) {
      Begun begun = request.source().isPresent()
          ? branching.begin(who, request.source().get(), request.name(), settings, expiresAt)
          : begin(who, request.name(), settings, expiresAt);
      Optional<Issued> issued = finish(who, begun, access, base);
      admission.made();
      List<String> notices = new ArrayList<>(admission.notices());
      notices.add(Expiry.notice(request.name(), expiresAt, now));
      DatabaseView view = DatabaseListing.view(
          new DatabaseRecord(begun.route(), DatabaseState.READY, now, begun.lineage(), who.name(),
              Optional.empty()),
          begun.state(), 0);
      return new Made(new Created(view, notices), issued);
    }
  }

  /** One that begins empty, from the cell's pool. */
  private Begun begin(Requester who, String name, Optional<DatabaseSettings> settings,
      Optional<Instant> expiresAt) {
    CellId cell = placement();
    PreparedStorage prepared = taken(cell);
    try {
      Route route = ground.catalog()
          .createDatabase(new NewDatabase(who.account(), name, cell, prepared.storage(),
              settings.orElse(ground.policies().defaults()), expiresAt, Lineage.NONE,
              who.name()));
      return new Begun(route, Lineage.NONE,
          role -> naming(ground.computes().name(prepared, route, role)), "awake");
    } catch (CatalogException e) {
      discard(prepared);
      throw e;
    }
  }

  private PreparedStorage taken(CellId cell) {
    CompletionStage<PreparedStorage> taking = ground.computes().takePrepared(cell);
    try {
      return ground.awaitOrRecalled("a prepared storage", taking);
    } catch (RuntimeException e) {
      var _ = taking.thenAccept(this::discard); // whenever it comes, nobody waits for it any more
      throw e;
    }
  }

  private Coming naming(CompletionStage<Void> named) {
    return new Coming() {
      @Override
      public Optional<CloneReport> await() {
        var _ = ground.await("the new database", named);
        return Optional.empty();
      }

      @Override
      public void giveUp() {
        // Its removal waits for what is under way.
      }
    };
  }

  private Optional<CloneReport> await(Coming made, Optional<Issued> issued) {
    try {
      issued.ifPresent(one -> ground.catalog().createCredential(one.credential()));
      return made.await();
    } catch (RuntimeException e) {
      made.giveUp();
      throw e;
    }
  }

  private Optional<Issued> finish(Requester who, Begun begun, boolean access, boolean base) {
    Route route = begun.route();
    try {
      Optional<Credential> requester = ground.credential(who);
      Optional<Issued> issued = access
          ? Optional.of(issuer.forDatabase(who, requester, route.database()))
          : Optional.empty();
      Credential first = issued.map(Issued::credential)
          .or(() -> requester)
          .orElseGet(() -> issuer.owner(who.account(), route.database()).credential());
      Optional<CloneReport> cloned = await(begun.storage().apply(role(first)), issued);
      if (base && begun.lineage().checkpoint().isEmpty()) {
        cloned.ifPresent(report -> bases.keep(who, route, report));
      }
      ground.catalog().markReady(route.database());
      ground.audit()
          .record(new DatabaseCreated(route.account(), route.database(), route.name(),
              who.name()));
      issued.ifPresent(one -> ground.audit()
          .record(CredentialCreated.of(one.credential(), requester.map(Credential::name),
              who.name())));
      return issued;
    } catch (RuntimeException e) {
      removal.undo(route);
      throw e;
    }
  }

  private CellId placement() {
    List<CellLoad> local = ground.catalog().cellLoads(ground.cells());
    return Placement.choose(local, ground.random())
        .orElseThrow(() -> new OperationFailure(Kind.BUSY, "no cell takes new databases",
            "See their state with: reveille status"));
  }

  private void discard(PreparedStorage prepared) {
    var _ = ground.computes().discard(prepared).exceptionally(e -> {
      log.atWarn()
          .setCause(e)
          .addKeyValue("storage", prepared.storage())
          .log("a storage that was not used could not be removed");
      return null;
    });
  }

  private static LoginRole role(Credential credential) {
    return new LoginRole(credential.name(), credential.mode(), credential.scope().objects(),
        credential.version(), credential.connectionLimit());
  }
}
