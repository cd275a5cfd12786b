package dev.reveille.compute.local;

import dev.reveille.cell.Route;
import dev.reveille.cell.StorageId;
import dev.reveille.compute.ComputeFailedException;
import dev.reveille.compute.RunningCompute;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static dev.reveille.compute.local.LocalCell.await;
import static dev.reveille.compute.local.LocalCell.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LocalProviderTest {
  private static LocalCell cell;

  @BeforeAll
  static void open() throws Exception {
    cell = LocalCell.create(settings -> settings);
  }

  @AfterAll
  static void close() throws Exception {
    cell.close();
  }

  @Test
  void aPreparedStorageIsNamedAndAnswersItsFirstRole() throws Exception {
    LocalCell.Named shop = cell.create("shop");

    assertThat(sql(shop.compute(), "a_ddl", "shop",
        "SELECT current_database(), session_user, current_user"))
        .containsExactly(List.of("shop", "a_ddl", "reveille_owner"));
    await(shop.compute().stop());
  }

  @Test
  void aSuspendedDatabaseKeepsItsRowsAndItsEpochGrows() throws Exception {
    LocalCell.Named first = cell.create("rows");
    sql(first.compute(), "a_ddl", "rows", "CREATE TABLE t AS SELECT 42 AS n");
    await(first.compute().stop());
    assertThat(first.compute().present()).isFalse();
    assertThat(ProcessesOf.data(cell.storage(first.route()).data())).isEmpty();

    RunningCompute second = await(cell.provider().start(first.route()));

    assertThat(second.endpoint().epoch()).isGreaterThan(first.compute().endpoint().epoch());
    assertThat(sql(second, "a_ddl", "rows", "SELECT n, current_setting('cluster_name') FROM t"))
        .containsExactly(List.of("42",
            "reveille/" + first.route().storage() + "/" + second.endpoint().epoch()));
    await(second.stop());
  }

  @Test
  void aMissingStorageIsToldAndNothingIsStarted() {
    Route route = LocalCell.route("nowhere", StorageId.random());

    assertThatThrownBy(() -> await(cell.provider().start(route)))
        .hasCauseInstanceOf(ComputeFailedException.class)
        .hasMessageContaining("storage of this database is missing");
  }

  @Test
  void aDeletedStorageLeavesNoFileBehind() throws Exception {
    LocalCell.Named gone = cell.create("gone");
    await(gone.compute().stop());

    await(cell.provider().delete(gone.route()));
    await(cell.provider().delete(gone.route()));

    assertThat(Files.exists(cell.storage(gone.route()).root())).isFalse();
  }
}
