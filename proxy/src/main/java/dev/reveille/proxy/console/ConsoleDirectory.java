package dev.reveille.proxy.console;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseName;
import dev.reveille.cell.Directory;
import dev.reveille.cell.DirectoryChange;
import dev.reveille.cell.Route;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** A directory in which each account has a console besides its databases. */
final class ConsoleDirectory implements Directory {
  private final Directory directory;
  private final Consoles consoles;

  ConsoleDirectory(Directory directory, Consoles consoles) {
    this.directory = directory;
    this.consoles = consoles;
  }

  @Override
  public CompletionStage<Optional<Credential>> credential(String name) {
    return directory.credential(name);
  }

  @Override
  public CompletionStage<Optional<Route>> route(AccountId account, String databaseName) {
    return DatabaseName.isConsole(databaseName)
        ? CompletableFuture.completedFuture(consoles.of(account).map(Console::route))
        : directory.route(account, databaseName);
  }

  @Override
  public AutoCloseable onChange(Consumer<DirectoryChange> listener) {
    return directory.onChange(listener);
  }

  @Override
  public boolean catalogReachable() {
    return directory.catalogReachable();
  }

  @Override
  public void close() {
    directory.close();
  }
}
