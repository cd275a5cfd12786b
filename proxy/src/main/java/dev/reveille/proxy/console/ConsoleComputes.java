package dev.reveille.proxy.console;

import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.Mode;
import dev.reveille.cell.ObjectScope;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.AttachedSession;
import dev.reveille.compute.CloneReport;
import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.compute.ComputeStatus;
import dev.reveille.compute.Computes;
import dev.reveille.compute.EndReason;
import dev.reveille.compute.LiveCredentials;
import dev.reveille.compute.Login;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.Moving;
import dev.reveille.compute.PreparedStorage;
import dev.reveille.compute.StartPermit;
import dev.reveille.compute.StoredStorage;
import dev.reveille.compute.SuspendOutcome;
import dev.reveille.compute.Wake;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

/**
 * Computes among which are those of consoles: the first wake of one makes it, and whoever logs in to
 * one may read and nothing else.
 */
final class ConsoleComputes implements Computes {
  private final Computes computes;
  private final Consoles consoles;

  ConsoleComputes(Computes computes, Consoles consoles) {
    this.computes = computes;
    this.consoles = consoles;
  }

  @Override
  public Wake wake(Route route, StartPermit permit) {
    return consoles.of(route.database())
        .map(console -> console.wake(permit))
        .orElseGet(() -> computes.wake(route, permit));
  }

  @Override
  public CompletionStage<Login> login(Route route, ComputeEndpoint endpoint, LoginRole role) {
    Optional<Console> console = consoles.of(route.database());
    return console.isEmpty()
        ? computes.login(route, endpoint, role)
        : computes.login(console.get().route(), endpoint, new LoginRole(role.name(), Mode.RO,
            new ObjectScope.All(), role.version(), role.connectionLimit()));
  }

  @Override
  public void forget(ComputeEndpoint endpoint) {
    computes.forget(endpoint);
  }

  @Override
  public void endRoles(LiveCredentials live) {
    computes.endRoles(live);
  }

  @Override
  public AutoCloseable attach(DatabaseId database, AttachedSession session) {
    return computes.attach(database, session);
  }

  @Override
  public CompletionStage<SuspendOutcome> suspend(DatabaseId database) {
    return computes.suspend(database);
  }

  @Override
  public CompletionStage<Void> drop(Route route) {
    return computes.drop(route);
  }

  @Override
  public CompletionStage<PreparedStorage> takePrepared(CellId cell) {
    return computes.takePrepared(cell);
  }

  @Override
  public CompletionStage<Void> name(PreparedStorage prepared, Route route, LoginRole role) {
    return computes.name(prepared, route, role);
  }

  @Override
  public CompletionStage<Void> discard(PreparedStorage prepared) {
    return computes.discard(prepared);
  }

  @Override
  public Moving<CloneReport> clone(Route source, StorageId target) {
    return computes.clone(source, target);
  }

  @Override
  public Moving<CloneReport> cloneStorage(CellId cell, StorageId source, StorageId target) {
    return computes.cloneStorage(cell, source, target);
  }

  @Override
  public CompletionStage<Void> deleteStorage(CellId cell, StorageId storage) {
    return computes.deleteStorage(cell, storage);
  }

  @Override
  public CompletionStage<Route> quiesced(Route route, EndReason reason, boolean force,
      Callable<Route> work) {
    return computes.quiesced(route, reason, force, work);
  }

  @Override
  public Moving<Long> archive(Route route) {
    return computes.archive(route);
  }

  @Override
  public Moving<Long> unarchive(Route route) {
    return computes.unarchive(route);
  }

  @Override
  public CompletionStage<List<StoredStorage>> storages(CellId cell) {
    return computes.storages(cell);
  }

  @Override
  public CompletionStage<Void> nameForThisLife(PreparedStorage prepared, Route route,
      LoginRole role) {
    return computes.nameForThisLife(prepared, route, role);
  }

  @Override
  public List<ComputeStatus> statuses() {
    return computes.statuses();
  }

  @Override
  public CompletionStage<Void> recover() {
    return computes.recover();
  }

  @Override
  public CompletionStage<Void> suspendAll() {
    return computes.suspendAll();
  }

  @Override
  public void close() {
    computes.close();
  }
}
