package dev.reveille.chaos.drivers;

import dev.reveille.chaos.harness.Baseline;
import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.harness.Started;
import dev.reveille.chaos.tools.Command;
import dev.reveille.chaos.tools.Tools;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Much data through a proxy with little memory. {@code -Dreveille.bulk.mb=1024} makes it a gigabyte.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BulkTransferTest {
  private static final int MEGABYTES = Integer.getInteger("reveille.bulk.mb", 192);
  private static final int DUMPS = 18;

  @TempDir
  private Path directory;
  private final Started started = new Started();
  private RunningReveille reveille;

  @BeforeAll
  void start() throws Exception {
    reveille = started.add(RunningReveille.start(Setup.configured("""
        tls:
          plaintext: true
        """).jvm("-Xmx64m")));
  }

  @AfterAll
  void stop() throws Exception {
    started.close();
  }

  @Test
  void psql_copies_more_than_the_heap_in_and_out() throws IOException {
    ConnectionString url = reveille.create("bulk");
    Baseline before = Baseline.of(reveille);
    Path in = directory.resolve("in");
    Path out = directory.resolve("out");
    write(in);

    psql(url, "create unlogged table bulk (n int, t text)");
    psql(url, "\\copy bulk from '" + in + "'");
    psql(url, "\\copy bulk to '" + out + "'");

    assertThat(Files.size(out)).isEqualTo((long) MEGABYTES << 20);
    assertThat(Files.mismatch(in, out)).isEqualTo(-1);
    before.assertSettles();
  }

  @Test
  void a_dump_restored_through_the_proxy_gives_the_same_database() throws IOException {
    ConnectionString first = plain(reveille.create("first"));
    ConnectionString second = plain(reveille.create("second"));
    String dump = Tools.pgProgram("pg_dump", DUMPS).toString();
    String psql = Tools.pgProgram("psql", DUMPS).toString();
    Command.of(psql, "-XqAt", "-v", "ON_ERROR_STOP=1", "-f", Resource.file("schema.sql").toString(),
        first.text()).run().orThrow();

    Command
        .of("sh", "-ec",
            "\"$1\" \"$2\" >piped.sql; \"$3\" -Xq -v ON_ERROR_STOP=1 \"$4\" <piped.sql",
            "sh", dump, first.text(), psql, second.text())
        .in(directory)
        .run()
        .orThrow();

    String one = Command.of(dump, first.text()).run().orThrow().out();
    String two = Command.of(dump, second.text()).run().orThrow().out();
    assertThat(one).contains("CREATE POLICY", "BEGIN ATOMIC", "lo_create");
    assertThat(comparable(two)).isEqualTo(comparable(one));
  }

  /** Rows of 64 bytes, so that the size comes out even. */
  private static void write(Path file) throws IOException {
    String filler = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";
    try (BufferedWriter writer = Files.newBufferedWriter(file)) {
      for (int row = 0; row < MEGABYTES << 14; row++) {
        writer.write(Integer.toString(100_000_000 + row));
        writer.write('\t');
        writer.write(filler, 0, 53);
        writer.write('\n');
      }
    }
  }

  private static void psql(ConnectionString url, String what) {
    Command.of(Tools.pgProgram("psql").toString(), "-Xq", "-v", "ON_ERROR_STOP=1", "-c", what,
        url.text()).within(Duration.ofMinutes(10)).run().orThrow();
  }

  private static ConnectionString plain(ConnectionString url) {
    return url.with("sslmode", "disable").without("sslrootcert").without("channel_binding");
  }

  /** A dump without the random word that guards it. */
  private static String comparable(String dump) {
    return dump.replaceAll("(?m)^\\\\(un)?restrict .*$", "");
  }
}
