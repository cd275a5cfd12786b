package dev.reveille.chaos.faults;

import dev.reveille.chaos.harness.ConnectionString;
import dev.reveille.chaos.harness.Toxiproxy;
import dev.reveille.chaos.harness.WritingLoad;
import eu.rekawek.toxiproxy.Proxy;
import java.io.IOException;
import java.sql.SQLException;

import static org.assertj.core.api.Assertions.assertThat;

/** One fault, imposed on a writing load until it has been felt, and healed. */
record Ordeal(Fault fault, Toxiproxy server, Proxy network, ConnectionString url) {
  private static final int MANY = 20_000;

  /** Under a harmless fault logins and the load get on; under another some writer is told of a failure. */
  void impose(WritingLoad load) throws IOException, SQLException {
    int failures = load.failures().size();
    fault.inflict(server, network);
    try {
      if (fault.harmless()) {
        assertManyBytesArrive();
        load.awaitMore(12);
      } else {
        load.awaitFailure(failures);
      }
    } finally {
      fault.heal(server, network);
    }
  }

  private void assertManyBytesArrive() throws SQLException {
    try (var connection = url.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select repeat('x', " + MANY + ")")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("x".repeat(MANY));
    }
  }
}
