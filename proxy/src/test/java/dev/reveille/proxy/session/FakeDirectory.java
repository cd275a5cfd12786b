package dev.reveille.proxy.session;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.Directory;
import dev.reveille.cell.DirectoryChange;
import dev.reveille.cell.Route;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A directory in memory; its answers are there at once. */
final class FakeDirectory implements Directory {
  final Map<String, Credential> credentials = new ConcurrentHashMap<>();
  final Map<String, Route> routes = new ConcurrentHashMap<>();
  final List<Consumer<DirectoryChange>> listeners = new CopyOnWriteArrayList<>();
  volatile boolean reachable = true;
  /** What an answer for a credential waits for. */
  volatile CompletableFuture<?> slow = CompletableFuture.completedFuture(null);

  @Override
  public CompletionStage<Optional<Credential>> credential(String name) {
    return slow.thenCompose(waited -> answer(Optional.ofNullable(credentials.get(name))));
  }

  @Override
  public CompletionStage<Optional<Route>> route(AccountId account, String databaseName) {
    return answer(Optional.ofNullable(routes.get(databaseName))
        .filter(route -> route.account().equals(account)));
  }

  private <T> CompletionStage<T> answer(T value) {
    return reachable
        ? CompletableFuture.completedFuture(value)
        : CompletableFuture.failedFuture(new IllegalStateException("no catalog"));
  }

  void put(Credential credential) {
    credentials.put(credential.name(), credential);
    listeners.forEach(
        listener -> listener.accept(new DirectoryChange.CredentialChanged(credential.id())));
  }

  @Override
  public AutoCloseable onChange(Consumer<DirectoryChange> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Override
  public boolean catalogReachable() {
    return reachable;
  }

  @Override
  public void close() {
  }
}
