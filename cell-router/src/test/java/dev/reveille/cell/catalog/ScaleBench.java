package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.Cell;
import dev.reveille.cell.CellId;
import dev.reveille.cell.CellState;
import dev.reveille.cell.Credential;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.DatabaseSettings;
import dev.reveille.cell.Lineage;
import dev.reveille.cell.NewDatabase;
import dev.reveille.cell.Route;
import dev.reveille.cell.Samples;
import dev.reveille.cell.StorageId;
import dev.reveille.cell.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the catalog costs when it is full against what it costs when it is empty, in one run; started
 * by {@code bench/catalog}, not by the ordinary build, which its name keeps it out of.
 */
class ScaleBench {
  private static final long DATABASES = Long.getLong("reveille.bench.databases", 10_000_000);
  private static final int IN_A_CELL = 10_000;
  private static final int OF_AN_ACCOUNT = 1_000;
  private static final int ROUNDS = 10;
  private static final int LOOKUPS = 2_000;
  private static final int CREATES = 50;
  private static final long SEED = Long.getLong("reveille.seed", 20_261_121);

  private final CellId here = new CellId("here");
  private int credentials;
  private final StringBuilder page = new StringBuilder();

  /** Microseconds; of all rounds. */
  private static final class Times {
    private final List<Long> micros = new ArrayList<>();

    void add(int count, Step step) {
      for (int i = 0; i < count; i++) {
        long start = System.nanoTime();
        step.run(i);
        micros.add((System.nanoTime() - start) / 1_000);
      }
    }

    long at(double share) {
      List<Long> sorted = micros.stream().sorted().toList();
      return sorted.get((int) Math.min(sorted.size() - 1, (long) (sorted.size() * share)));
    }

    String text() {
      return "%d / %d / %d".formatted(at(0.5), at(0.95), at(0.99));
    }
  }

  private record Figures(Times lookups, Times creates, Times drops, Times reaps, Times loads) {
    Figures() {
      this(new Times(), new Times(), new Times(), new Times(), new Times());
    }
  }

  /** A step to be measured. */
  private interface Step {
    void run(int number);
  }

  /** Both are asked in turn, so that what else this machine does is the same for both. */
  @Test
  void full_against_empty() throws IOException {
    Locale.setDefault(Locale.ROOT);
    System.out.println("seed " + SEED);
    String small = TestPostgres.freshDatabase();
    String large = TestPostgres.freshDatabase();
    try (PostgresCatalog few = catalog(small); PostgresCatalog many = catalog(large)) {
      generate(small, 0, 1_000);
      long start = System.nanoTime();
      generate(large, 0, DATABASES);
      long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
      Figures empty = new Figures();
      Figures full = new Figures();
      Random random = new Random(SEED);
      measure(few, 1_000, new Figures(), random);
      measure(many, DATABASES, new Figures(), random);
      for (int round = 0; round < ROUNDS; round++) {
        measure(few, 1_000, empty, random);
        measure(many, DATABASES, full, random);
      }
      say("# A full catalog against an empty one");
      say("");
      say("%,d databases of %,d accounts in %,d cells, made in %d s; microseconds, p50 / p95 / p99,"
          .formatted(DATABASES, DATABASES / OF_AN_ACCOUNT, DATABASES / IN_A_CELL, seconds));
      say("one connection to each, asked in turn, %d processors. Written by `bench/catalog`."
          .formatted(Runtime.getRuntime().availableProcessors()));
      say("");
      say("| what | 1,000 databases | %,d databases | ratio of p50, p99 |".formatted(DATABASES));
      say("|---|---|---|---|");
      row("route of a database, looked up in the catalog", empty.lookups, full.lookups);
      row("create: placement, record, credential, ready", empty.creates, full.creates);
      row("drop: mark, forget", empty.drops, full.drops);
      row("one look of the reaper, nothing to do", empty.reaps, full.reaps);
      row("load of a cell, for placement", empty.loads, full.loads);
      write();
    }
  }

  /** Ten million rows take longer to make than a statement of a proxy may. */
  private PostgresCatalog catalog(String database) {
    PostgresCatalog catalog = new PostgresCatalog(TestPostgres.settings(database)
        .withTimeouts(Duration.ofSeconds(20), Duration.ofHours(1)));
    catalog.registerCell(new Cell(here, CellState.ACTIVE, "local", 20_000));
    return catalog;
  }

  private void measure(PostgresCatalog catalog, long databases, Figures figures, Random random) {
    figures.lookups.add(LOOKUPS, number -> {
      long one = random.nextLong(databases);
      Optional<Route> found = catalog.route(account(one), "db" + one);
      assertThat(found).isPresent();
    });
    AccountId owner = catalog.defaultAccount();
    figures.loads.add(10, number -> assertThat(catalog.cellLoads(Set.of(here))).isNotEmpty());
    figures.creates.add(CREATES, number -> {
      Route route = catalog.createDatabase(new NewDatabase(owner, "new" + number, here,
          StorageId.random(), DatabaseSettings.DEFAULTS, Optional.of(Samples.FAR), Lineage.NONE,
          "bench"));
      Credential all = Samples.credential("a_" + ++credentials, owner);
      catalog.createCredential(Samples.scoped(all,
          new DatabaseScope.Only(Set.of(route.database())), Instant.now().plusSeconds(600)));
      catalog.markReady(route.database());
    });
    Instant now = Instant.now();
    figures.reaps.add(20, number -> {
      catalog.lifetimes().claimToWarn(List.of(here), now, now, 100);
      catalog.lifetimes().expired(List.of(here), now, 100);
      catalog.lifetimes().pastGrace(List.of(here), now, now, 100);
      catalog.checkpoints().expiredCheckpoints(List.of(here), now, 100);
    });
    figures.drops.add(CREATES, number -> catalog.forgetDatabase(
        catalog.dropDatabase(owner, "new" + number).orElseThrow().database()));
  }

  /** Rows as proxies would have written them, but without announcing each. */
  private static void generate(String database, long from, long to) {
    TestPostgres.execute(database, """
        set session_replication_role = replica;
        set maintenance_work_mem = '256MB';
        insert into reveille.accounts (id, name, version)
          select %s, 'account' || n, nextval('reveille.versions')
          from generate_series(%d::bigint, %d::bigint) n on conflict do nothing;
        insert into reveille.cells (id, provider, capacity, version)
          select 'c' || n, 'local', %d, nextval('reveille.versions')
          from generate_series(%d::bigint, %d::bigint) n on conflict do nothing;
        insert into reveille.databases (account_id, name, cell_id, storage_id, state, version,
            expires_at)
          select %s, 'db' || i, 'c' || i / %d, gen_random_uuid(), 'ready',
            nextval('reveille.versions'), now() + make_interval(hours => 24 + (i %% 48)::integer)
          from generate_series(%d::bigint, %d::bigint) i;
        insert into reveille.cell_loads (cell_id, slice, databases)
          select 'c' || n, 0, %d from generate_series(%d::bigint, %d::bigint) n
          on conflict do nothing;
        reset session_replication_role""".formatted(
        accountSql("n"), from / OF_AN_ACCOUNT, (to - 1) / OF_AN_ACCOUNT, IN_A_CELL,
        from / IN_A_CELL, (to - 1) / IN_A_CELL, accountSql("i / " + OF_AN_ACCOUNT), IN_A_CELL,
        from, to - 1, IN_A_CELL, from / IN_A_CELL, (to - 1) / IN_A_CELL));
    TestPostgres.execute(database, "vacuum (analyze) reveille.databases");
    TestPostgres.execute(database, "checkpoint");
  }

  private static String accountSql(String number) {
    return "lpad(to_hex(" + number + "), 32, '0')::uuid";
  }

  private static AccountId account(long database) {
    return AccountId.parse("00000000-0000-0000-0000-%012x".formatted(database / OF_AN_ACCOUNT));
  }

  private void row(String what, Times empty, Times full) {
    say("| %s | %s | %s | %.2f ×, %.2f × |".formatted(what, empty.text(), full.text(),
        (double) full.at(0.5) / empty.at(0.5), (double) full.at(0.99) / empty.at(0.99)));
  }

  private void say(String line) {
    System.out.println(line);
    page.append(line).append('\n');
  }

  private void write() throws IOException {
    Path file = Path.of(System.getProperty("reveille.bench.page", "target/catalog.md"));
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, page);
  }
}
