package dev.reveille.compute;

import dev.reveille.cell.Route;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Computes that start, stop and die when a test says so. */
final class ScriptedProvider implements ComputeProvider {
  final List<CompletableFuture<RunningCompute>> starts = new ArrayList<>();
  final List<Scripted> running = new ArrayList<>();
  final List<Route> deleted = new ArrayList<>();
  boolean stopsAtOnce = true;
  CellStorages storages = CellStorages.ELSEWHERE;

  @Override
  public boolean alwaysAwake() {
    return false;
  }

  @Override
  public CompletionStage<RunningCompute> start(Route route) {
    CompletableFuture<RunningCompute> start = new CompletableFuture<>();
    starts.add(start);
    return start;
  }

  /** Lets the latest start succeed. */
  Scripted started(Route route) {
    Scripted compute = new Scripted(route);
    running.add(compute);
    starts.getLast().complete(compute);
    return compute;
  }

  void failed(String reason) {
    starts.getLast().completeExceptionally(new ComputeFailedException(reason));
  }

  @Override
  public CompletionStage<Login> login(Route route, RunningCompute compute, LoginRole role) {
    return CompletableFuture.completedFuture(Login.trusted(role.name(), route.name()));
  }

  @Override
  public CompletionStage<PreparedStorage> takePrepared() {
    return CompletableFuture.failedFuture(new ComputeFailedException("none"));
  }

  @Override
  public CompletionStage<RunningCompute> name(PreparedStorage prepared, Route route,
      LoginRole role) {
    return start(route);
  }

  @Override
  public CompletionStage<RunningCompute> nameForThisLife(PreparedStorage prepared, Route route,
      LoginRole role) {
    return start(route);
  }

  @Override
  public CellStorages storages() {
    return storages;
  }

  @Override
  public CompletionStage<Void> discard(PreparedStorage prepared) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Void> delete(Route route) {
    deleted.add(route);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Void> recover() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {
  }

  /** One compute. */
  final class Scripted implements RunningCompute {
    private final Route route;
    private final long epoch = starts.size();
    final CompletableFuture<String> gone = new CompletableFuture<>();
    final CompletableFuture<Void> stopped = new CompletableFuture<>();
    boolean stopAsked;

    Scripted(Route route) {
      this.route = route;
    }

    @Override
    public ComputeEndpoint endpoint() {
      return new ComputeEndpoint(route.database(),
          new ComputeAddress.UnixSocket(Path.of("/nowhere")), epoch, 5);
    }

    @Override
    public CompletionStage<String> gone() {
      return gone;
    }

    @Override
    public boolean present() {
      return !gone.isDone();
    }

    @Override
    public CompletionStage<Void> stop() {
      stopAsked = true;
      if (stopsAtOnce) {
        stopped.complete(null);
      }
      return stopped;
    }

    @Override
    public OptionalLong processId() {
      return OptionalLong.empty();
    }
  }
}
