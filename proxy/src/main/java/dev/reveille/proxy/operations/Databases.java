package dev.reveille.proxy.operations;

import dev.reveille.auth.SharedKey;
import dev.reveille.cell.Catalog;
import dev.reveille.cell.CellId;
import dev.reveille.cell.CheckpointKind;
import dev.reveille.cell.Credential;
import dev.reveille.cell.Route;
import dev.reveille.compute.Computes;
import dev.reveille.proxy.audit.Audit;
import dev.reveille.proxy.audit.AuditEvent.CredentialCreated;
import dev.reveille.proxy.budget.AccountBudget;
import dev.reveille.proxy.operations.Issuer.Issued;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What can be done to the databases of an account by name. Every method blocks and belongs on a virtual
 * thread; all throw {@link OperationFailure}. Whether the requester may, the caller has decided. Whoever
 * asks may take that back by {@link dev.reveille.compute.Recall}: then it is 57014 and nothing is left,
 * or it was too late and the answer is what it would have been.
 *
 * <p>Each change is crash safe in one order: the catalog says what is meant to be, then storages are
 * made or deleted, then the catalog says what is. {@link #recover} takes away what is found in between,
 * none of which was ever answered for.
 */
public final class Databases {
  private final Ground ground;
  private final Supplier<ConnectionStrings> connectionStrings;
  private final Issuer issuer;
  private final DatabaseListing listing;
  private final Removal removal;
  private final Creating creating;
  private final Awakening awakening;
  private final Altering altering;
  private final Checkpoints checkpoints;
  private final Bases bases;
  private final Restoring restoring;
  private final Renaming renaming;
  private final Reclaiming reclaiming;
  private volatile @Nullable Requester control;

  /**
   * @param cells those whose computes this proxy starts; it makes and drops databases in no other
   */
  public Databases(Catalog catalog, Computes computes, Policies policies,
      Supplier<ConnectionStrings> connectionStrings, Supplier<SharedKey> sharedKey,
      RandomGenerator random, InstantSource clock, Audit audit, Set<CellId> cells,
      AccountBudget budget) {
    this.ground = new Ground(catalog, computes, policies, random, clock, audit, cells, budget,
        new Turns(policies.deadline()));
    this.connectionStrings = connectionStrings;
    this.issuer = new Issuer(sharedKey, random, clock);
    this.listing = new DatabaseListing(ground);
    this.checkpoints = new Checkpoints(ground);
    this.bases = new Bases(ground, checkpoints);
    this.restoring = new Restoring(ground, checkpoints, bases);
    this.removal = new Removal(ground, restoring, bases);
    this.creating = new Creating(ground, issuer, removal, new Branching(ground, checkpoints),
        bases);
    this.awakening = new Awakening(ground);
    this.reclaiming = new Reclaiming(ground, removal, checkpoints);
    this.altering = new Altering(ground, reclaiming);
    this.renaming = new Renaming(ground);
  }

  /** Whoever holds the control token, for the account that is there from the first start on. */
  public Requester control() {
    Requester known = control;
    if (known == null) {
      known = Ground.answered(() -> Requester.control(ground.catalog().defaultAccount()));
      control = known;
    }
    return known;
  }

  /** Makes a database, empty or a branch. Refuses names that are taken with 42P04. */
  public Created create(Requester who, CreateDatabase request) {
    return ground.changed(() -> creating.create(who, request, false, true)).created();
  }

  /** One to be dropped again soon: of a branch nobody will ask what it began as. */
  Created createForNow(Requester who, CreateDatabase request) {
    return ground.changed(() -> creating.create(who, request, false, false)).created();
  }

  /** Where a branch comes from, and what tells what it has changed since. */
  Bases.Origin origin(Requester who, String branch) {
    return Ground.answered(() -> bases.origin(who, branch));
  }

  /** The same, and a fresh {@code ddl} credential for it, as {@link #issue} gives. */
  public CreatedWithAccess createWithAccess(Requester who, CreateDatabase request) {
    Creating.Made made = ground.changed(() -> creating.create(who, request, true, true));
    return new CreatedWithAccess(made.created(),
        connectionString(made.issued().orElseThrow(), request.name()));
  }

  /**
   * A connection string with a fresh {@code ddl} credential for this database alone; it is shown once.
   * A credential that asks gets no more than it may do itself: what it is given ends with it.
   */
  public String issue(Requester who, String database) {
    return Ground.answered(() -> {
      Route route = ground.route(who.account(), database);
      var _ = ground.budget().admitCredential(who.account());
      Optional<Credential> requester = ground.credential(who);
      Issued issued = issuer.forDatabase(who, requester, route.database());
      ground.catalog().createCredential(issued.credential());
      ground.audit()
          .record(CredentialCreated.of(issued.credential(), requester.map(Credential::name),
              who.name()));
      return connectionString(issued, database);
    });
  }

  private String connectionString(Issued issued, String database) {
    return connectionStrings.get().of(issued.credential().name(), issued.secret(), database);
  }

  /**
   * Ends a database and deletes its storage. Its checkpoints stay.
   *
   * @param ifExists whether it is fine that there is none
   * @param force whether its sessions are ended; else they have five seconds to go, then it is 55006
   */
  public Dropped drop(Requester who, String name, boolean ifExists, boolean force) {
    return ground.changed(() -> removal.drop(who, name, ifExists, force));
  }

  /** Gives a database another name; sessions have five seconds to go, then it is 55006. */
  public void rename(Requester who, String from, String to) {
    ground.changed(() -> {
      renaming.rename(who, from, to);
      return to;
    });
  }

  /**
   * Changes settings of a database: {@code ttl} and {@code suspend_after}.
   *
   * @return what whoever asked should be told
   */
  public List<String> alter(Requester who, String name, Map<String, String> settings) {
    return ground.changed(() -> altering.alter(who, name, settings));
  }

  /** Keeps what a database is now, under this name or a made one. */
  public CheckpointView checkpoint(Requester who, String database, Optional<String> name,
      CheckpointKind kind) {
    return ground.changed(() -> checkpoints.checkpoint(who, database, name, kind));
  }

  /** Deletes a checkpoint; what was made from it stays. */
  public void dropCheckpoint(Requester who, String database, String name) {
    ground.changed(() -> {
      checkpoints.drop(who, database, name);
      return name;
    });
  }

  /**
   * Makes a database what it was at a checkpoint. Its sessions end; its id and its credentials stay.
   * What it is now becomes a checkpoint of its own.
   */
  public Restored restore(Requester who, String database, String checkpoint) {
    return ground.changed(() -> restoring.restore(who, database, checkpoint));
  }

  /** Stops the database's compute; returns what was done, in words. */
  public String suspend(Requester who, String name) {
    return Ground.answered(() -> awakening.suspend(who, name));
  }

  /** Starts the database's compute; returns what was done, in words. */
  public String wake(Requester who, String name) {
    return Ground.answered(() -> awakening.wake(who, name));
  }

  /** All databases of the account, by name. */
  public List<DatabaseView> list(Requester who) {
    return Ground.answered(() -> listing.databases(who.account()));
  }

  /** All checkpoints of the account, newest first; without what branches began as. */
  public List<CheckpointView> checkpoints(Requester who) {
    return Ground.answered(() -> listing.checkpoints(who.account()));
  }

  /** What the account's branches began as, newest first. */
  public List<CheckpointView> bases(Requester who) {
    return Ground.answered(() -> listing.bases(who.account()));
  }

  /**
   * Storages of our cells that nothing has, and records whose storage is not there; waits until nothing
   * is half done.
   *
   * @param repair whether the former are deleted and the latter dropped
   */
  public List<StorageFinding> inspect(boolean repair) {
    List<StorageFinding> findings = new ArrayList<>();
    Ground.answered(() -> {
      ground.turns()
          .recovering(
              () -> findings.addAll(new StorageInspection(ground, checkpoints).inspect(repair)));
      return findings;
    });
    return findings;
  }

  /** What becomes of databases whose time is over. */
  public Reclaiming reclaiming() {
    return reclaiming;
  }

  /** Takes away what an earlier life left half made or half dropped; waits until nothing is. */
  public void recover() {
    ground.turns().recovering(() -> {
      restoring.recover();
      checkpoints.recover();
      removal.recover();
    });
  }
}
