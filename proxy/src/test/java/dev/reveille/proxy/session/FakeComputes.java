package dev.reveille.proxy.session;

import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseId;
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
import dev.reveille.compute.WakeOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** A compute side that says what it is told to; any thread. */
final class FakeComputes implements Computes {
  /** One wake that was asked for. */
  static final class Asked implements Wake {
    final CompletableFuture<WakeOutcome> answer = new CompletableFuture<>();
    volatile boolean abandoned;

    @Override
    public CompletionStage<WakeOutcome> outcome() {
      return answer;
    }

    @Override
    public void abandon() {
      abandoned = true;
    }
  }

  final List<Asked> wakes = new CopyOnWriteArrayList<>();
  final List<StartPermit> permits = new CopyOnWriteArrayList<>();
  final List<AttachedSession> attached = new CopyOnWriteArrayList<>();
  final List<LoginRole> roles = new CopyOnWriteArrayList<>();
  final List<ComputeEndpoint> forgotten = new CopyOnWriteArrayList<>();
  volatile Supplier<Optional<WakeOutcome>> script = Optional::empty;
  volatile Supplier<CompletionStage<Login>> logins = () -> CompletableFuture
      .completedFuture(Login.trusted("postgres", "postgres"));

  @Override
  public Wake wake(Route route, StartPermit permit) {
    var asked = new Asked();
    permits.add(permit);
    wakes.add(asked);
    script.get().ifPresent(asked.answer::complete);
    return asked;
  }

  @Override
  public CompletionStage<Login> login(Route route, ComputeEndpoint endpoint, LoginRole role) {
    roles.add(role);
    return logins.get();
  }

  @Override
  public void forget(ComputeEndpoint endpoint) {
    forgotten.add(endpoint);
  }

  @Override
  public void endRoles(LiveCredentials live) {
  }

  @Override
  public AutoCloseable attach(DatabaseId database, AttachedSession session) {
    attached.add(session);
    return () -> attached.remove(session);
  }

  @Override
  public CompletionStage<SuspendOutcome> suspend(DatabaseId database) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> drop(Route route) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<PreparedStorage> takePrepared(CellId cell) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> name(PreparedStorage prepared, Route route, LoginRole role) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> discard(PreparedStorage prepared) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Moving<CloneReport> clone(Route source, StorageId target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Moving<CloneReport> cloneStorage(CellId cell, StorageId source, StorageId target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> deleteStorage(CellId cell, StorageId storage) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Route> quiesced(Route route, EndReason reason, boolean force,
      Callable<Route> work) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Moving<Long> archive(Route route) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Moving<Long> unarchive(Route route) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<List<StoredStorage>> storages(CellId cell) {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> nameForThisLife(PreparedStorage prepared, Route route,
      LoginRole role) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<ComputeStatus> statuses() {
    return new ArrayList<>();
  }

  @Override
  public CompletionStage<Void> recover() {
    throw new UnsupportedOperationException();
  }

  @Override
  public CompletionStage<Void> suspendAll() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
  }
}
