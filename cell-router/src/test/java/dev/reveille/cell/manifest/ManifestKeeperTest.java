package dev.reveille.cell.manifest;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.Credential;
import dev.reveille.cell.CredentialId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DirectoryChange;
import dev.reveille.cell.FakeCatalog;
import dev.reveille.cell.Samples;
import dev.reveille.cell.directory.LastKnown.Known;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static dev.reveille.cell.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

class ManifestKeeperTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private final AccountId account = AccountId.random();
  private final FakeCatalog catalog = new FakeCatalog();
  private final Credential credential = Samples.credential("a_x", account);

  @TempDir
  Path folder = Path.of("");

  @BeforeEach
  void fill() {
    catalog.credentials.put("a_x", credential);
    catalog.routes.put("shop", Samples.route(DatabaseId.random(), account, "shop", 1));
  }

  private ManifestKeeper keeper(Instant now) {
    return new ManifestKeeper(catalog, Map.of(Samples.CELL_A, new ManifestFile(file())),
        Duration.ofSeconds(60), () -> now);
  }

  private Path file() {
    return folder.resolve("manifest.json");
  }

  private void write(Instant now) {
    try (ManifestKeeper keeper = keeper(now)) {
      keeper.start();
      await().untilAsserted(() -> assertThat(file()).exists());
    }
  }

  @Test
  void what_is_kept_outlives_the_process_and_the_catalog() {
    write(NOW);
    catalog.gone = true;

    try (ManifestKeeper keeper = keeper(NOW.plusSeconds(1000))) {
      keeper.start();
      assertThat(keeper.credential("a_x")).contains(new Known<>(credential, NOW));
      assertThat(keeper.route(account, "shop")).isPresent();
      assertThat(keeper.route(AccountId.random(), "shop")).isEmpty();
      assertThat(keeper.credential("a_y")).isEmpty();
      assertThat(keeper.problems()).isEmpty();
    }
  }

  @Test
  void a_change_is_kept_soon_after_it_was_noticed() {
    try (ManifestKeeper keeper = keeper(NOW)) {
      keeper.start();
      await().untilAsserted(() -> assertThat(file()).exists());

      catalog.credentials.remove("a_x");
      keeper.noticed(new DirectoryChange.CredentialChanged(CredentialId.random()));

      await().untilAsserted(() -> assertThat(keeper.credential("a_x")).isEmpty());
      await().untilAsserted(() -> assertThat(new ManifestFile(file()).load()
          .orElseThrow()
          .manifest()
          .credentials()).isEmpty());
    }
  }

  @Test
  void a_broken_manifest_is_reported_replaced_by_the_one_before_and_then_mended() throws Exception {
    write(NOW);
    catalog.credentials.put("a_y", Samples.credential("a_y", account));
    Files.copy(file(), folder.resolve("manifest.json.bak"));
    Files.writeString(file(), "{\"format\":");

    try (ManifestKeeper keeper = keeper(NOW)) {
      assertThat(keeper.problems().get(Samples.CELL_A)).contains("not whole JSON");
      assertThat(keeper.credential("a_x")).isPresent();

      keeper.start();
      await().untilAsserted(() -> assertThat(keeper.problems()).isEmpty());
      assertThat(new ManifestFile(file()).load().orElseThrow().problem())
          .isEqualTo(Optional.empty());
    }
  }

  @Test
  void a_cell_that_cannot_be_written_is_reported_and_still_answers() {
    ManifestFile nowhere = new ManifestFile(folder.resolve("missing").resolve("manifest.json"));
    try (ManifestKeeper keeper = new ManifestKeeper(catalog, Map.of(Samples.CELL_A, nowhere),
        Duration.ofSeconds(60), () -> NOW)) {
      keeper.start();

      await().untilAsserted(() -> assertThat(keeper.problems().get(Samples.CELL_A))
          .contains("cannot be written"));
      assertThat(keeper.credential("a_x")).isPresent();
    }
  }
}
