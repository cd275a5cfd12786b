package dev.reveille.proxy.console;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.Allowance;
import dev.reveille.cell.CellId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.Directory;
import dev.reveille.compute.Computes;
import dev.reveille.proxy.relay.Interposer;
import dev.reveille.proxy.session.Interposers;
import dev.reveille.proxy.session.SessionFacts;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The consoles of all accounts, and what makes them look like databases: {@link #directory} has routes
 * to them, {@link #computes} wakes them. Whoever may manage databases can say the commands in a session
 * of any database, as Prisma does; the tables are in the console alone. Any thread.
 */
public final class Consoles implements Interposers {
  private final Map<AccountId, Console> byAccount = new ConcurrentHashMap<>();
  private final Map<DatabaseId, Console> byId = new ConcurrentHashMap<>();
  private final Computes computes;
  private final Directory directory;
  private final Optional<CellId> cell;
  private final Sources sources;
  private final Supplier<ConsoleOperations> operations;

  /**
   * @param cells where this proxy can start computes; without any there is no console
   * @param operations once they are there: no session asks before
   */
  public Consoles(Computes computes, Directory directory, Set<CellId> cells, Sources sources,
      Supplier<ConsoleOperations> operations) {
    this.computes = computes;
    this.directory = directory;
    this.cell = cells.stream().min((a, b) -> a.value().compareTo(b.value()));
    this.sources = sources;
    this.operations = operations;
  }

  /** For sessions: knows consoles as well. */
  public Directory directory() {
    return new ConsoleDirectory(directory, this);
  }

  /** For sessions: knows consoles as well. */
  public Computes computes() {
    return new ConsoleComputes(computes, this);
  }

  /** The console of an account; none where nothing can be started. */
  Optional<Console> of(AccountId account) {
    return cell.map(where -> byAccount.computeIfAbsent(account, id -> {
      Console console = new Console(id, where, computes);
      byId.put(console.id(), console);
      return console;
    }));
  }

  Optional<Console> of(DatabaseId id) {
    return Optional.ofNullable(byId.get(id));
  }

  @Override
  public Optional<Interposer> between(SessionFacts session) {
    Optional<Credential> credential = session.known()
        .credential()
        .filter(one -> one.scope().allowances().contains(Allowance.MANAGE_DATABASES));
    if (credential.isEmpty()) {
      return Optional.empty();
    }
    Optional<Console> console = session.known().databaseId().flatMap(this::of);
    Desk desk = new SessionDesk(credential.get(), session.known().database(), console, directory,
        sources, operations);
    return Optional
        .of(new Broker(line -> new Conversation(line, desk,
            console.map(Console::place).orElse(Place.DATABASE))));
  }
}
