package dev.reveille.proxy.console;

import dev.reveille.cell.Allowance;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseName;
import dev.reveille.cell.Directory;
import dev.reveille.compute.Recall;
import dev.reveille.proxy.operations.OperationFailure;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One session's desk: its work is done on virtual threads, and goes on when the client leaves. */
final class SessionDesk implements Desk {
  private static final Logger log = LoggerFactory.getLogger(SessionDesk.class);
  private static final Executor ASIDE = command -> Thread.ofVirtual()
      .name("console")
      .start(command);
  private static final CompletionStage<Optional<String>> NOTHING_TO_DO = CompletableFuture
      .completedFuture(Optional.empty());

  private final Credential credential;
  private final Optional<String> current;
  private final Optional<Console> console;
  private final Directory directory;
  private final Sources sources;
  private final Supplier<ConsoleOperations> operations;

  /** @param current the name of the session's own database */
  SessionDesk(Credential credential, Optional<String> current, Optional<Console> console,
      Directory directory,
      Sources sources, Supplier<ConsoleOperations> operations) {
    this.credential = credential;
    this.current = current;
    this.console = console;
    this.directory = directory;
    this.sources = sources;
    this.operations = operations;
  }

  @Override
  public CompletionStage<List<String>> perform(Command command, Recall recall) {
    return CompletableFuture.supplyAsync(() -> {
      stillAllowed();
      possible(command);
      return recall.during(() -> operations.get().perform(credential, command));
    }, ASIDE).exceptionallyCompose(failure -> {
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      if (!(cause instanceof Refused)) {
        log.atError().setCause(cause).log("a command failed");
        cause = new Refused("XX000", "internal error");
      }
      return CompletableFuture.failedFuture(cause);
    });
  }

  /** What no session of this database may do. Worded as Postgres words it (src/backend/commands/dbcommands.c). */
  private void possible(Command command) {
    switch (command) {
      case Command.DropDatabase(var name, _, _) -> {
        owned(name);
        if (current.equals(Optional.of(name))) {
          throw new Refused("55006", "cannot drop the currently open database");
        }
      }
      case Command.RenameDatabase(var name, _) -> {
        owned(name);
        if (current.equals(Optional.of(name))) {
          throw new Refused("0A000", "current database cannot be renamed");
        }
      }
      default -> {
      }
    }
  }

  /** Some are listed, and are nobody's. */
  private static void owned(String name) {
    if (DatabaseName.reserved(name)) {
      throw new Refused("42501", "must be owner of database " + name);
    }
  }

  /** The session may be older than the end of its right. */
  private void stillAllowed() {
    Optional<Credential> latest;
    try {
      latest = directory.credential(credential.name()).toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new Refused("57P03", "the catalog cannot be reached", "It is safe to try again.");
    }
    if (latest.isPresent()
        && !latest.get().scope().allowances().contains(Allowance.MANAGE_DATABASES)) {
      throw new Refused("42501", "credential \"" + credential.name()
          + "\" may not manage databases any more");
    }
  }

  @Override
  public CompletionStage<Optional<String>> refresh(Topics topics) {
    if (topics.isEmpty() || console.isEmpty()) {
      return NOTHING_TO_DO;
    }
    return CompletableFuture.supplyAsync(() -> {
      try {
        console.get().refresh(topics, sources);
        return Optional.empty();
      } catch (IOException | CatalogException | OperationFailure e) {
        log.atWarn().setCause(e).log("the console was not brought up to date");
        return Optional.of("what is shown may be out of date: the catalog or the console's own"
            + " compute cannot be reached");
      } catch (RuntimeException e) {
        log.atError().setCause(e).log("the console was not brought up to date");
        return Optional.of("what is shown may be out of date: internal error");
      }
    }, ASIDE);
  }
}
