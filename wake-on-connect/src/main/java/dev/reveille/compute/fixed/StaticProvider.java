package dev.reveille.compute.fixed;

import dev.reveille.cell.Route;
import dev.reveille.compute.CellStorages;
import dev.reveille.compute.ComputeEndpoint;
import dev.reveille.compute.ComputeFailedException;
import dev.reveille.compute.ComputeProvider;
import dev.reveille.compute.Login;
import dev.reveille.compute.LoginRole;
import dev.reveille.compute.PreparedStorage;
import dev.reveille.compute.RunningCompute;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Always awake at a configured address: nothing to start, stop, create or delete. Roles there are the
 * business of whoever runs it; a credential only maps to one. Without state or threads.
 */
public final class StaticProvider implements ComputeProvider {
  private final StaticSettings settings;

  public StaticProvider(StaticSettings settings) {
    this.settings = settings;
  }

  @Override
  public boolean alwaysAwake() {
    return true;
  }

  @Override
  public CompletionStage<RunningCompute> start(Route route) {
    return CompletableFuture.completedFuture(new Always(new ComputeEndpoint(route.database(),
        settings.address(), 1, settings.maxConnections())));
  }

  @Override
  public CompletionStage<Login> login(Route route, RunningCompute compute, LoginRole role) {
    StaticLogin login = settings.logins()
        .getOrDefault(role.name(),
            settings.logins().get(StaticSettings.ANY));
    return login == null
        ? refused("no login is configured for this credential on its compute")
        : CompletableFuture.completedFuture(new Login(login.role(),
            settings.database().orElse(route.name()), login.secretText(), login.certificate()));
  }

  @Override
  public CompletionStage<PreparedStorage> takePrepared() {
    return refused("databases of a static cell are configured, not created");
  }

  @Override
  public CompletionStage<RunningCompute> name(PreparedStorage prepared, Route route,
      LoginRole role) {
    return refused("databases of a static cell are configured, not created");
  }

  @Override
  public CompletionStage<RunningCompute> nameForThisLife(PreparedStorage prepared, Route route,
      LoginRole role) {
    return name(prepared, route, role);
  }

  @Override
  public CellStorages storages() {
    return CellStorages.ELSEWHERE;
  }

  @Override
  public CompletionStage<Void> discard(PreparedStorage prepared) {
    return CompletableFuture.completedFuture(null);
  }

  /** Forgets the database; what is stored there stays with whoever runs it. */
  @Override
  public CompletionStage<Void> delete(Route route) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Void> recover() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void close() {
  }

  private static <T> CompletionStage<T> refused(String why) {
    return CompletableFuture.failedFuture(new ComputeFailedException(why));
  }

  private record Always(ComputeEndpoint endpoint) implements RunningCompute {
    @Override
    public CompletionStage<String> gone() {
      return new CompletableFuture<>();
    }

    @Override
    public boolean present() {
      return true;
    }

    @Override
    public CompletionStage<Void> stop() {
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public OptionalLong processId() {
      return OptionalLong.empty();
    }
  }
}
