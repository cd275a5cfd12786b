package dev.reveille.cell.catalog;

import dev.reveille.cell.CatalogReader.Subscription;
import dev.reveille.cell.Credential;
import dev.reveille.cell.Samples;
import dev.reveille.cell.TcpForwarder;
import dev.reveille.cell.TestPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.reveille.cell.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

class ChangeSubscriptionTest {
  private final String database = TestPostgres.freshDatabase();
  private final PostgresCatalog catalog = new PostgresCatalog(TestPostgres.settings(database));
  private final Ear ear = new Ear();

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void a_listener_that_loses_its_connection_connects_again() throws Exception {
    Credential credential = Samples.credential("a_x", catalog.defaultAccount());
    catalog.createCredential(credential);
    try (TcpForwarder forwarder = new TcpForwarder(TestPostgres.port());
        PostgresCatalog through = new PostgresCatalog(
            TestPostgres.settings(forwarder.port(), database));
        Subscription listening = through.subscribe(ear)) {
      assertThat(listening).isNotNull();
      ear.awaitConnections(1);

      forwarder.set(TcpForwarder.State.CUT);
      forwarder.set(TcpForwarder.State.OPEN);
      ear.awaitConnections(2);
      catalog.revokeCredential(credential.id());
      await().untilAsserted(() -> assertThat(ear.heard).hasSize(1));

      TestPostgres.execute("postgres", "select pg_terminate_backend(pid) from pg_stat_activity"
          + " where datname = '" + database + "' and query like 'listen%'");
      ear.awaitConnections(3);
    }
  }

  @Test
  void closing_ends_the_thread_and_the_connection() {
    ChangeSubscription listening = (ChangeSubscription) catalog.subscribe(ear);
    ear.awaitConnections(1);

    listening.close();

    assertThat(listening.thread().isAlive()).isFalse();
    await().untilAsserted(() -> assertThat(listeners()).isZero());
  }

  private int listeners() throws Exception {
    try (Connection connection = TestPostgres.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from pg_stat_activity where"
            + " datname = '" + database + "' and query like 'listen%'")) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
