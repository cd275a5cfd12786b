package dev.reveille.proxy.app;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.Catalog;
import dev.reveille.cell.Cell;
import dev.reveille.cell.CellId;
import dev.reveille.cell.CellState;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.NewDatabase;
import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.cell.manifest.ManifestFile;
import dev.reveille.compute.ComputeProvider;
import dev.reveille.compute.RoleListener;
import dev.reveille.compute.local.ComputeSettings;
import dev.reveille.compute.local.LocalProvider;
import dev.reveille.compute.local.LocalSettings;
import dev.reveille.compute.local.StartLimit;
import dev.reveille.proxy.config.CellKind;
import dev.reveille.proxy.config.Configuration;
import dev.reveille.proxy.config.Configuration.CellOptions;
import dev.reveille.proxy.config.Kind;
import dev.reveille.proxy.http.Readiness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * The configured cells: a provider for each, and where its manifest is.
 */
record Cells(Map<CellId, ComputeProvider> providers, Map<CellId, ManifestFile> manifests,
    Map<CellId, CellOptions> options) {
  private static final long MEGABYTE = 1 << 20;
  private static final long LOG_LIMIT = 8 * MEGABYTE;
  private static final Duration START_LIMIT = Duration.ofMinutes(5);

  static Cells open(Home home, Configuration configuration, Machine machine, RoleListener roles)
      throws StartFailure {
    Map<CellId, ComputeProvider> providers = new LinkedHashMap<>();
    Map<CellId, ManifestFile> manifests = new LinkedHashMap<>();
    Map<CellId, CellOptions> options = new LinkedHashMap<>();
    int starts = configuration.wake().startsAtOnce();
    StartLimit limit = starts == 0 ? StartLimit.ofMachine() : new StartLimit(starts);
    try {
      Path above = Directories.cells(home, machine.user());
      for (CellOptions cell : configuration.cells()) {
        CellId id = new CellId(cell.id());
        Path directory = cell.directory().map(home::resolve).orElse(above.resolve(cell.id()));
        Files.createDirectories(directory.getParent());
        options.put(id, cell);
        if (cell.kind() == CellKind.LOCAL) {
          providers.put(id, new LocalProvider(
              local(id, directory, machine, configuration.compute()), limit, System::nanoTime,
              roles));
        } else {
          Files.createDirectories(directory);
          providers.put(id, StaticCells.provider(id, cell, home));
        }
        manifests.put(id, new ManifestFile(directory.resolve("manifest.json")));
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new StartFailure(StartFailure.Kind.FAILED, "a cell cannot be opened: " + e.getMessage(),
          "Try: reveille doctor");
    }
    return new Cells(providers, manifests, options);
  }

  /** Whether every cell can make databases, or is still about to be able to. */
  Readiness.Check check() {
    StringBuilder reasons = new StringBuilder();
    boolean ok = true;
    for (Map.Entry<CellId, ComputeProvider> cell : providers.entrySet()) {
      if (cell.getValue() instanceof LocalProvider local) {
        CompletableFuture<Void> ready = local.ready().toCompletableFuture();
        ok &= !ready.isCompletedExceptionally();
        if (ready.isCompletedExceptionally()) {
          reasons.append("cell ").append(cell.getKey()).append(" cannot make databases; ");
        } else if (!ready.isDone()) {
          reasons.append("cell ").append(cell.getKey()).append(" prepares its first storage; ");
        }
      }
    }
    return new Readiness.Check("cells", ok, reasons.toString().strip());
  }

  private static LocalSettings local(CellId id, Path directory, Machine machine,
      Configuration.Compute compute) {
    ComputeSettings settings = new ComputeSettings((int) (compute.sharedBuffers() / MEGABYTE),
        compute.maxConnections(), ComputeSettings.DEFAULTS.clientConnectionCheckInterval(),
        Map.of());
    return new LocalSettings(id, directory, machine.sockets(), machine.user(), machine.postgres(),
        machine.distributions(), settings, compute.preparedRunning(), compute.preparedCopied(),
        START_LIMIT, LOG_LIMIT);
  }

  /** Those whose computes this proxy starts; no other may. */
  Set<CellId> local() {
    return options.entrySet()
        .stream()
        .filter(cell -> cell.getValue().kind() == CellKind.LOCAL)
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Makes the catalog know them, and the databases that static ones have. */
  void register(Catalog catalog) {
    options.forEach((id, cell) -> catalog
        .registerCell(new Cell(id, CellState.ACTIVE, Kind.name(cell.kind()), cell.capacity())));
    AccountId account = catalog.defaultAccount();
    options.forEach((id, cell) -> cell.databases().forEach(name -> {
      if (catalog.route(account, name).isEmpty()) {
        Route route = catalog.createDatabase(new NewDatabase(account, name, id,
            StorageId.random(), DatabaseSettings.DEFAULTS));
        catalog.markReady(route.database());
      }
    }));
  }
}
