package dev.reveille.chaos.harness;

import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The harness itself, on a bare Postgres: what the other tests conclude is only worth this much. */
class HarnessTest {
  @Test
  void a_load_through_toxiproxy_survives_a_reset_and_is_accounted_for() throws Exception {
    try (BarePostgres postgres = BarePostgres.start(); Toxiproxy toxiproxy = Toxiproxy.start()) {
      var network = toxiproxy.inFrontOf("bare", postgres.port());
      ConnectionString faulty = postgres.url().atPort(Toxiproxy.portOf(network));
      try (WritingLoad load = WritingLoad.start(faulty, 2);
          StorageWatch watch = StorageWatch
              .start()) {
        load.awaitMore(20);
        network.disable();
        load.awaitFailure(0);
        network.enable();
        load.awaitMore(20);
        load.stop();
        load.assertNothingLostOrRepeated(postgres.url());
        assertThat(watch).isNotNull();
      }
      assertThat(Proc.postmasters().values()).anySatisfy(
          pids -> assertThat(pids).containsExactly(postgres.pid()));
    }
  }

  @Test
  void a_row_that_is_lost_or_there_twice_is_noticed() throws Exception {
    try (BarePostgres postgres = BarePostgres.start();
        WritingLoad load = WritingLoad.start(postgres.url(), 1)) {
      load.awaitMore(5);
      load.stop();
      execute(postgres, "insert into load_row select * from load_row where number = 2");
      assertThat(verdict(load, postgres)).contains("twice").contains("number=2");
      execute(postgres, "delete from load_row where number = 2");
      assertThat(verdict(load, postgres)).contains("lost").contains("number=2");
    }
  }

  private static String verdict(WritingLoad load, BarePostgres postgres) throws SQLException {
    try {
      load.assertNothingLostOrRepeated(postgres.url());
      return "nothing";
    } catch (AssertionError e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static void execute(BarePostgres postgres, String what)
      throws SQLException, IOException {
    try (var connection = postgres.connect(); var statement = connection.createStatement()) {
      statement.execute(what);
    }
  }
}
