package dev.reveille.proxy.budget;

import dev.reveille.cell.AccountUsageTable;
import dev.reveille.cell.CatalogUnavailableException;
import dev.reveille.cell.Cell;
import dev.reveille.cell.CellId;
import dev.reveille.cell.CellState;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.ProxyLife;
import dev.reveille.cell.Route;
import dev.reveille.cell.catalog.CatalogSettings;
import dev.reveille.cell.catalog.PostgresCatalog;
import dev.reveille.compute.ComputeStatus;
import dev.reveille.proxy.relay.RealPostgres;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Two proxies' ledgers on one real catalog, which exchange when they are told to, and when somebody waits. */
final class TwoLedgers implements AutoCloseable {
  static final CellId CELL = new CellId("a");
  private static final AtomicInteger DATABASES = new AtomicInteger();

  /** Computes that run because a test says so. */
  static final class Running implements RunningComputes {
    private final Map<DatabaseId, ComputeStatus> statuses = new ConcurrentHashMap<>();
    final List<DatabaseId> suspended = new CopyOnWriteArrayList<>();

    void run(Route route, long epoch) {
      statuses.put(route.database(), new ComputeStatus(route.database(), route.name(),
          route.homeCell(), "awake", epoch, 0, 0, OptionalLong.empty()));
    }

    @Override
    public List<ComputeStatus> statuses() {
      return List.copyOf(statuses.values());
    }

    @Override
    public void suspend(DatabaseId database) {
      suspended.add(database);
    }
  }

  final PostgresCatalog catalog;
  final AtomicLong nanos = new AtomicLong();
  final List<Duration> pauses = new ArrayList<>();
  final List<Duration> slowed = new ArrayList<>();
  final Running computesHere = new Running();
  final Running computesThere = new Running();
  private final ManualClock clock;
  private final UUID home = UUID.randomUUID();
  volatile boolean away;
  @SuppressWarnings("NullAway.Init")
  private Plans plans;
  @SuppressWarnings("NullAway.Init") // by plan
  AccountLedger here;
  @SuppressWarnings("NullAway.Init")
  AccountLedger there;

  TwoLedgers(ManualClock clock) {
    this.clock = clock;
    String database = "accounts_" + DATABASES.incrementAndGet();
    try (var direct = RealPostgres.direct(); var statement = direct.createStatement()) {
      statement.execute("create database " + database);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    catalog = new PostgresCatalog(new CatalogSettings(
        "postgresql://127.0.0.1:" + RealPostgres.port() + "/" + database, Optional.of("postgres"),
        Optional.of("postgres"), 4, Duration.ofSeconds(10), Duration.ofSeconds(10)));
    catalog.registerCell(new Cell(CELL, CellState.ACTIVE, "local", 100));
  }

  private AccountLedger ledger(UUID of, Running computes) {
    var ledger = new AccountLedger(table(),
        new ProxyLife(UUID.randomUUID(), of, List.of(CELL)), plans, Duration.ofHours(1), clock,
        nanos::get, time -> {
          pauses.add(time);
          return CompletableFuture.allOf();
        }, new AccountListener() {
          @Override
          public void refused(AccountLimit budget) {
          }

          @Override
          public void slowed(Duration wait) {
            slowed.add(wait);
          }
        });
    ledger.start(computes);
    return ledger;
  }

  /** The catalog, which may be away. */
  private AccountUsageTable table() {
    var real = catalog.accountUsage();
    return (AccountUsageTable) Proxy.newProxyInstance(AccountUsageTable.class.getClassLoader(),
        new Class<?>[]{AccountUsageTable.class}, (proxy, method, arguments) -> {
          if (away) {
            throw new CatalogUnavailableException("the catalog is away", null);
          }
          try {
            return method.invoke(real, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  void plan(AccountLimit limit, long value) {
    plan(Map.of(limit, value), new Prices(0, 0, 0, "USD"));
  }

  void plan(Map<AccountLimit, Long> limits, Prices prices) {
    plan(new Plan("default", limits, prices, 1000, 1000));
  }

  /** To be called before anything else. */
  void plan(Plan plan) {
    plans = new Plans(List.of(plan), "default");
    here = ledger(home, computesHere);
    there = ledger(UUID.randomUUID(), computesThere);
  }

  void restartHere() {
    here.close();
    here = ledger(home, computesHere);
  }

  /** Each tells and hears. */
  void exchange() {
    for (int round = 0; round < 2; round++) {
      here.round();
      there.round();
    }
    here.round();
  }

  @Override
  public void close() {
    here.close();
    there.close();
    catalog.close();
  }
}
