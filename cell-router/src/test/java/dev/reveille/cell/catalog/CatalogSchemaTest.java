package dev.reveille.cell.catalog;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CatalogException;
import dev.reveille.cell.CatalogUnavailableException;
import dev.reveille.cell.CatalogUnsupportedException;
import dev.reveille.cell.TestPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CatalogSchemaTest {

  @Test
  void the_newest_version_is_that_of_the_newest_migration() throws Exception {
    assertThat(migrations().stream()
        .mapToInt(name -> Integer.parseInt(name.replaceFirst("^V(\\d+)__.*", "$1")))
        .max()).hasValue(CatalogSchema.NEWEST);
  }

  @Test
  void proxies_that_start_at_once_on_an_empty_catalog_all_succeed() throws Exception {
    for (int round = 0; round < 3; round++) {
      String database = TestPostgres.freshDatabase();
      List<Future<AccountId>> accounts = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int proxy = 0; proxy < 4; proxy++) {
          accounts.add(threads.submit(() -> {
            try (PostgresCatalog catalog = new PostgresCatalog(TestPostgres.settings(database))) {
              return catalog.defaultAccount();
            }
          }));
        }
      }
      AccountId first = accounts.getFirst().get();
      for (Future<AccountId> account : accounts) {
        assertThat(account.get()).isEqualTo(first);
      }
    }
  }

  /** A checksum that is wrong is an error to Flyway: no error means that it was not asked. */
  @Test
  void a_schema_that_is_up_to_date_is_left_alone() {
    String database = TestPostgres.freshDatabase();
    prepare(database);

    TestPostgres.execute(database,
        "update reveille.flyway_schema_history set checksum = 1 where version = '1'");
    prepare(database);

    TestPostgres.execute(database,
        "update reveille.flyway_schema_history set version = '0.1' where version = '"
            + CatalogSchema.NEWEST
            + "'");
    assertThatThrownBy(() -> prepare(database)).isInstanceOf(CatalogException.class)
        .hasMessageContaining("could not be brought up to date");
  }

  @Test
  void a_schema_from_a_newer_version_is_used_as_it_is() {
    String database = TestPostgres.freshDatabase();
    prepare(database);
    TestPostgres.execute(database, "insert into reveille.flyway_schema_history select 99, '99',"
        + " 'later', type, 'V99__later.sql', 1, installed_by, now(), 1, true"
        + " from reveille.flyway_schema_history where version = '1'");

    prepare(database);
  }

  @Test
  void a_server_that_is_too_old_is_refused_by_name() {
    try (PostgresCatalog catalog = new PostgresCatalog(
        TestPostgres.settings(TestPostgres.freshDatabase()), 99)) {
      assertThatThrownBy(catalog::prepare).isInstanceOf(CatalogUnsupportedException.class)
          .hasMessageMatching(
              "the catalog at 127.0.0.1:\\d+/\\w+ runs PostgreSQL 18.*; it must be PostgreSQL 99"
                  + " or newer");
      assertThat(catalog.lentConnections()).isZero();
    }
  }

  @Test
  void a_server_that_is_not_there_is_reported_without_the_secret() throws IOException {
    int nobody;
    try (ServerSocket socket = new ServerSocket(0)) {
      nobody = socket.getLocalPort();
    }
    CatalogSettings settings = CatalogSettings.of("postgresql://u:hush@127.0.0.1:" + nobody + "/x");
    try (PostgresCatalog catalog = new PostgresCatalog(settings)) {
      assertThatThrownBy(catalog::prepare).isInstanceOf(CatalogUnavailableException.class)
          .hasMessageContaining("127.0.0.1:" + nobody + "/x")
          .hasMessageContaining("refused")
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hush"));
      assertThat(catalog.reachable()).isFalse();
    }
  }

  @Test
  void a_login_that_fails_is_reported_without_its_secret() {
    CatalogSettings settings = CatalogSettings
        .of("postgresql://nobody:hush@127.0.0.1:" + TestPostgres.port() + "/nowhere");
    try (PostgresCatalog catalog = new PostgresCatalog(settings)) {
      assertThatThrownBy(catalog::prepare).isInstanceOf(CatalogException.class)
          .hasMessageContaining("nowhere")
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hush"));
    }
  }

  private static void prepare(String database) {
    try (PostgresCatalog catalog = new PostgresCatalog(TestPostgres.settings(database))) {
      catalog.prepare();
    }
  }

  private static List<String> migrations() throws IOException, URISyntaxException {
    Path folder = Path.of(Objects.requireNonNull(
        CatalogSchema.class.getResource("/dev/reveille/cell/migrations")).toURI());
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
