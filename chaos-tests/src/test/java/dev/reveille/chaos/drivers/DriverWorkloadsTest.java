package dev.reveille.chaos.drivers;

import dev.reveille.chaos.harness.Baseline;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.tools.Command;
import dev.reveille.chaos.tools.Command.Outcome;
import dev.reveille.chaos.tools.Tools;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import static org.assertj.core.api.Assertions.assertThat;

/** Drivers in other languages, each with a workload in {@code src/test/resources/drivers}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DriverWorkloadsTest {
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
  void node_postgres_works_unchanged() throws IOException {
    ConnectionString url = reveille.create("node");
    Baseline before = Baseline.of(reveille);
    Command workload = Command
        .of(Tools.node().toString(), Resource.file("node-postgres.cjs").toString())
        .with("NODE_PATH", Tools.nodePackages().toString());
    assertThat(run(workload, url).lines()).containsExactly("ok prepared statements",
        "ok transactions", "ok errors with their fields", "ok copy in and out", "ok cursor",
        "ok listen and notify", "ok pool", "ok wrong secret", "ok channel binding");
    before.assertSettles();
  }

  @Test
  void psycopg_works_unchanged() throws IOException {
    ConnectionString url = reveille.create("psycopg");
    Baseline before = Baseline.of(reveille);
    Command workload = Command.of(Tools.pythonWithPackages().toString(),
        Resource.file("psycopg_workload.py").toString());
    assertThat(run(workload, url).lines()).containsExactly("ok prepared statements",
        "ok transactions", "ok errors with their fields", "ok copy in and out", "ok pipeline",
        "ok named cursor", "ok listen and notify", "ok large object", "ok cancel in plaintext",
        "ok cancel as the connection is", "ok startup parameters", "ok protocol 3.2");
    before.assertSettles();
  }

  private String run(Command workload, ConnectionString url) {
    Outcome outcome = workload.with("REVEILLE_URL", url.text())
        .with("REVEILLE_CA", reveille.run("ca"))
        .within(Duration.ofMinutes(2))
        .run();
    return outcome.orThrow().out();
  }
}
