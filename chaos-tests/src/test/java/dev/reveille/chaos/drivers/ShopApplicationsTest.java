package dev.reveille.chaos.drivers;

import dev.reveille.chaos.harness.Baseline;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.tools.Command;
import dev.reveille.chaos.tools.Tools;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The same shop as three applications in other languages: migrations as ddl, work as rw, migrations
 * over the rows as ddl, reports as ro. Each is a program of its own that knows nothing of Reveille, and
 * each stage of it wakes the database.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShopApplicationsTest {
  private static final String[] MIGRATED = {"ok migrations from nothing", "ok down and up again"};
  private static final String[] EVOLVED = {"ok migrations over rows"};
  private static final String[] REPORTED = {"ok window functions", "ok aggregates",
      "ok a streamed cursor", "ok copy out", "ok a snapshot that only reads",
      "ok ro writes nothing"};

  private final Started started = new Started();
  private RunningReveille reveille;

  @BeforeAll
  void start() throws Exception {
    reveille = started.add(RunningReveille.start(Setup.plain()));
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  @Test
  void knex_on_node_postgres() {
    Command application = Command
        .of(Tools.node().toString(), Resource.file("knex_shop/shop.cjs").toString())
        .with("NODE_PATH", Tools.nodePackages().toString());
    passes("knex", application, "ok upserts", "ok concurrent transactions with savepoints",
        "ok serializable with retries", "ok large batches", "ok copy in", "ok listen and notify",
        "ok a function of its own", "ok rw changes no schema");
  }

  @Test
  void sqlalchemy_and_alembic_on_psycopg() {
    Command application = Command.of(Tools.pythonWithPackages().toString(), "-B",
        Resource.file("sqlalchemy_shop/shop.py").toString());
    passes("sqlalchemy", application, "ok upserts", "ok concurrent transactions with savepoints",
        "ok serializable with retries", "ok large batches", "ok copy in", "ok listen and notify",
        "ok functions of its own", "ok rw changes no schema");
  }

  @Test
  void goose_and_pgx(@TempDir Path directory) {
    Path module = Resource.file("pgx_shop");
    Path program = directory.resolve("shop");
    Tools.goFor(module)
        .and("build", "-buildvcs=false", "-o", program.toString(), ".")
        .in(module)
        .run()
        .orThrow();
    passes("pgx", Command.of(program.toString()), "ok upserts",
        "ok concurrent transactions with savepoints", "ok serializable with retries",
        "ok every way to execute", "ok copy in", "ok listen and notify", "ok routines of its own",
        "ok cancel by deadline", "ok rw changes no schema");
  }

  private void passes(String database, Command application, String... worked) {
    SleepingShop shop = SleepingShop.create(reveille, database);
    Baseline before = Baseline.of(reveille);
    stage(shop, application, "migrate", shop.ddl(), MIGRATED);
    stage(shop, application, "work", shop.rw(), worked);
    stage(shop, application, "evolve", shop.ddl(), EVOLVED);
    stage(shop, application, "report", shop.ro(), REPORTED);
    before.assertSettles();
  }

  private static void stage(SleepingShop shop, Command application, String stage,
      ConnectionString url, String... parts) {
    shop.asleep();
    String out = application.and(stage)
        .with("DATABASE_URL", url.text())
        .within(Duration.ofMinutes(2))
        .run()
        .orThrow()
        .out();
    assertThat(out.lines().filter(line -> line.startsWith("ok "))).as(stage).containsExactly(parts);
    shop.assertWoken();
  }
}
