package dev.reveille.proxy.app;

import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.ProxyLife;
import dev.reveille.compute.ComputeSupervisor;
import dev.reveille.compute.ComputeTimer;
import dev.reveille.compute.RoleListener;
import dev.reveille.compute.SupervisorSettings;
import dev.reveille.compute.clone.OpenFile;
import dev.reveille.compute.local.ComputeUser;
import dev.reveille.proxy.budget.AccountBudget;
import dev.reveille.proxy.config.Configuration;
import dev.reveille.proxy.config.Configuration.CellOptions;
import dev.reveille.proxy.operations.Databases;
import dev.reveille.proxy.operations.OperationFailure;
import dev.reveille.proxy.operations.Policies;
import dev.reveille.proxy.operations.StorageFinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A home on which nothing runs, held like a running process would hold it for the time of one look: no
 * process starts on it meanwhile. Its embedded catalog runs for as long; no database is started.
 */
public final class RestingHome {
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private RestingHome() {
  }

  /** Whether there is anything to look at: a catalog that was made, or one that is elsewhere. */
  public static boolean inhabited(Home home, Configuration configuration) {
    return Files.isDirectory(home.run())
        && (!configuration.catalog().embedded() || Files.isDirectory(home.catalog()));
  }

  /**
   * Compares storages with records, see {@link Databases#inspect}. Blocks.
   *
   * @throws StartFailure ALREADY_RUNNING where something runs on this home by now; other kinds where
   *     the catalog cannot be asked
   */
  public static List<StorageFinding> inspect(Home home, Configuration configuration,
      boolean repair) throws StartFailure, InterruptedException {
    try (HomeLock _ = HomeLock.take(home)) {
      try {
        Machine machine = Machine.prepare(home, configuration.compute(), step -> {
        });
        try (CatalogKeeper keeper = CatalogKeeper.open(home, configuration.catalog(), machine)) {
          return inspect(home, configuration, machine, keeper, repair);
        } finally {
          Directories.leaveSockets(machine.sockets());
        }
      } finally {
        Files.deleteIfExists(home.pidFile());
      }
    } catch (IOException e) {
      throw new StartFailure(StartFailure.Kind.FAILED, String.valueOf(e.getMessage()), "");
    } catch (OperationFailure | CatalogException e) {
      throw new StartFailure(StartFailure.Kind.FAILED,
          "storages and records cannot be compared: " + e.getMessage(), "");
    }
  }

  private static List<StorageFinding> inspect(Home home, Configuration configuration,
      Machine machine, CatalogKeeper keeper, boolean repair) throws StartFailure, IOException {
    Cells cells = Cells.open(home, configuration, machine, RoleListener.NONE);
    ProxyLife life = life(home, cells);
    Optional<CellId> taken = keeper.usage().introduce(life);
    if (taken.isPresent()) {
      throw new StartFailure(StartFailure.Kind.CONFIGURATION,
          "cell " + taken.get() + " belongs to another proxy that runs on this catalog", "");
    }
    try (ComputeTimer timer = ComputeTimer.system();
        ComputeSupervisor computes = new ComputeSupervisor(cells.providers(),
            SupervisorSettings.DEFAULTS, timer)) {
      if (repair) {
        nothingRuns(home, machine.user(), cells);
      }
      return new Databases(keeper.catalog(), computes,
          new Policies(DatabaseSettings.DEFAULTS, Forgetting.rules(configuration.lifetimes()),
              DEADLINE, configuration.copiedBase()),
          () -> {
            throw new IllegalStateException("nothing is served");
          }, () -> {
            throw new IllegalStateException("no secret is made");
          }, new SecureRandom(), InstantSource.system(), event -> {
          }, cells.local(), AccountBudget.UNLIMITED).inspect(repair);
    } finally {
      keeper.usage().leave(life);
    }
  }

  private static ProxyLife life(Home home, Cells cells) throws IOException {
    byte[] id = SecretFile.openOrCreate(home.secrets().resolve("home-id"), new SecureRandom())
        .bytes();
    return new ProxyLife(UUID.randomUUID(), UUID.nameUUIDFromBytes(id),
        List.copyOf(cells.local()));
  }

  /** What a proxy that was killed left running is stopped by the next start, not from here. */
  private static void nothingRuns(Home home, ComputeUser user, Cells cells)
      throws StartFailure, IOException {
    for (Map.Entry<CellId, CellOptions> cell : cells.options().entrySet()) {
      Path storages = cell.getValue()
          .directory()
          .map(home::resolve)
          .orElse(Directories.cells(home, user).resolve(cell.getKey().value()))
          .resolve("storage");
      if (!Files.isDirectory(storages)) {
        continue;
      }
      try (Stream<Path> all = Files.list(storages)) {
        for (Path storage : all.toList()) {
          Path file = storage.resolve("lock");
          if (!Files.exists(file)) {
            continue;
          }
          try (OpenFile lock = OpenFile.of(file)) {
            if (!lock.lock(true)) {
              throw new StartFailure(StartFailure.Kind.FAILED,
                  "a compute of an earlier life still runs in cell " + cell.getKey(),
                  "Start and stop it once: reveille up --detach; reveille down");
            }
          }
        }
      }
    }
  }
}
