package dev.reveille.proxy.app;

import dev.reveille.cell.Catalog;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CatalogUnavailableException;
import dev.reveille.cell.UsageExchange;
import dev.reveille.cell.catalog.CatalogSettings;
import dev.reveille.cell.catalog.PostgresCatalog;
import dev.reveille.compute.ComputeFailedException;
import dev.reveille.compute.local.CatalogCompute;
import dev.reveille.proxy.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The catalog, and where it is embedded the compute that it lives on: started first, started again on
 * the same port whenever it is lost, stopped last.
 */
final class CatalogKeeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CatalogKeeper.class);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration QUERY = Duration.ofSeconds(5);
  private static final int ATTEMPTS = 10;

  /** Starts the embedded one on a port. */
  private interface Launch {
    CatalogCompute on(int port) throws IOException, InterruptedException;
  }

  private final PostgresCatalog catalog;
  private final @Nullable Launch launch;
  private @Nullable CatalogCompute compute;
  private volatile boolean closed;

  private CatalogKeeper(PostgresCatalog catalog, @Nullable Launch launch,
      @Nullable CatalogCompute compute) {
    this.catalog = catalog;
    this.launch = launch;
    this.compute = compute;
  }

  /** Starts it if it is embedded. An external one need not answer yet. */
  static CatalogKeeper open(Home home, Configuration.CatalogAccess access, Machine machine)
      throws StartFailure, InterruptedException {
    try {
      return access.embedded() ? embedded(home, access, machine) : external(home, access);
    } catch (IOException | ComputeFailedException e) {
      throw new StartFailure(StartFailure.Kind.FAILED,
          "the embedded catalog does not start: " + e.getMessage(),
          "Its log is postgres.log in " + home.catalog() + ".");
    } catch (CatalogException e) {
      throw new StartFailure(StartFailure.Kind.CONFIGURATION,
          "the catalog cannot be used: " + e.getMessage(),
          "See catalog in docs/configuration.md.");
    }
  }

  private static CatalogKeeper embedded(Home home, Configuration.CatalogAccess access,
      Machine machine) throws IOException, InterruptedException {
    Path directory = Directories.catalog(home, machine.user());
    SecretFile password = SecretFile.openOrCreate(home.secrets().resolve("catalog-password"),
        new SecureRandom());
    Launch launch = port -> CatalogCompute.start(directory, machine.sockets(), machine.user(),
        machine.postgres(), machine.distributions(), port, password.text(), password.made(),
        System::nanoTime);
    CatalogCompute compute = onSomePort(launch);
    try {
      PostgresCatalog catalog = new PostgresCatalog(new CatalogSettings(
          "postgresql://127.0.0.1:" + compute.port() + "/" + CatalogCompute.DATABASE,
          Optional.of(CatalogCompute.ROLE), Optional.of(password.text()), access.connections(),
          CONNECT, QUERY));
      prepare(catalog);
      CatalogKeeper keeper = new CatalogKeeper(catalog, launch, compute);
      keeper.watch(compute);
      return keeper;
    } catch (RuntimeException e) {
      compute.close();
      throw e;
    }
  }

  /** A port that was free may be taken a moment later: then another is tried. */
  private static CatalogCompute onSomePort(Launch launch)
      throws IOException, InterruptedException {
    try {
      return launch.on(0);
    } catch (ComputeFailedException e) {
      log.atWarn()
          .addKeyValue("reason", e.getMessage())
          .log("the embedded catalog does not start; trying another port");
      return launch.on(0);
    }
  }

  /** It runs, so on a busy machine that is slow to answer it is only asked again. */
  private static void prepare(PostgresCatalog catalog) {
    for (int attempt = 1;; attempt++) {
      try {
        catalog.prepare();
        return;
      } catch (CatalogUnavailableException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        log.atInfo()
            .addKeyValue("reason", e.getMessage())
            .log("the embedded catalog is slow to answer; asking again");
      }
    }
  }

  private static CatalogKeeper external(Home home, Configuration.CatalogAccess access)
      throws IOException {
    Optional<String> password = Optional.empty();
    if (access.passwordFile().isPresent()) {
      password = Optional.of(Files.readString(home.resolve(access.passwordFile().get())).strip());
    }
    return new CatalogKeeper(new PostgresCatalog(new CatalogSettings(access.url(), access.user(),
        password, access.connections(), CONNECT, QUERY)), null, null);
  }

  UsageExchange usage() {
    return catalog;
  }

  Catalog catalog() {
    return catalog;
  }

  private void watch(CatalogCompute running) {
    var _ = running.gone().thenAccept(reason -> {
      if (!closed) {
        log.atWarn().addKeyValue("reason", reason).log("the embedded catalog was lost");
        restart(running.port());
      }
    });
  }

  private void restart(int port) {
    CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS, command -> Thread
        .ofVirtual()
        .name("catalog-restart")
        .start(command)).execute(() -> {
          synchronized (this) {
            if (closed || launch == null) {
              return;
            }
            try {
              compute = launch.on(port);
              log.info("the embedded catalog is back");
              watch(compute);
            } catch (IOException | ComputeFailedException e) {
              log.atWarn()
                  .addKeyValue("reason", e.getMessage())
                  .log("the embedded catalog does not start");
              restart(port);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        });
  }

  @Override
  public void close() {
    closed = true;
    catalog.close();
    synchronized (this) {
      if (compute != null) {
        compute.close();
      }
    }
  }
}
