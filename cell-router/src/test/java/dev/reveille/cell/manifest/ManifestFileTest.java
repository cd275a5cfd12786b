package dev.reveille.cell.manifest;

import dev.reveille.cell.AccountId;
import dev.reveille.cell.CellId;
import dev.reveille.cell.DatabaseId;
import dev.reveille.cell.DatabaseScope;
import dev.reveille.cell.Route;
import dev.reveille.cell.Samples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ManifestFileTest {
  private static final Instant T = Instant.parse("2030-01-01T00:00:00.123456789Z");
  private final AccountId account = AccountId.random();
  private final CellManifest old = manifest("old", T);
  private final CellManifest newest = manifest("newest", T.plusSeconds(1));

  @TempDir
  Path folder = Path.of("");
  private Path path = Path.of("");
  private ManifestFile file = new ManifestFile(path);

  @BeforeEach
  void place() {
    path = folder.resolve("manifest.json");
    file = new ManifestFile(path);
  }

  private CellManifest manifest(String name, Instant at) {
    Route shop = Samples.route(DatabaseId.random(), account, name + " \"é\" 😀", 7);
    return new CellManifest(Samples.CELL_A, at, List.of(shop),
        List.of(Samples.credential("a_all", account),
            Samples.scoped(Samples.credential("a_one", account),
                new DatabaseScope.Only(Set.of(shop.database())), T),
            Samples.scoped(Samples.credential("a_none", account),
                new DatabaseScope.Only(Set.of()), Samples.FAR)));
  }

  private void saveBoth() throws IOException {
    file.save(old);
    file.save(newest);
  }

  @Test
  void what_was_saved_is_loaded() throws IOException {
    assertThat(file.load()).isEmpty();

    saveBoth();

    assertThat(file.load()).contains(new ManifestFile.Loaded(newest, Optional.empty()));
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void only_its_owner_can_read_it() throws IOException {
    saveBoth();

    for (String name : new String[]{"manifest.json", "manifest.json.bak"}) {
      assertThat(PosixFilePermissions.toString(
          Files.getPosixFilePermissions(folder.resolve(name)))).isEqualTo("rw-------");
    }
  }

  @Test
  void a_file_cut_off_anywhere_gives_way_to_the_one_before() throws IOException {
    saveBoth();
    byte[] whole = Files.readAllBytes(path);

    for (int length = 0; length < whole.length - 1; length += 13) {
      Files.write(path, Arrays.copyOf(whole, length));
      ManifestFile.Loaded loaded = file.load().orElseThrow();
      assertThat(loaded.manifest()).as("cut at " + length).isEqualTo(old);
      assertThat(loaded.problem().orElseThrow()).contains(path.toString(), ".bak");
    }
  }

  @Test
  void a_bit_that_flips_is_noticed_or_changes_nothing() throws IOException {
    saveBoth();
    byte[] whole = Files.readAllBytes(path);
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);

    for (int i = 0; i < 500; i++) {
      byte[] flipped = whole.clone();
      flipped[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(path, flipped);
      assertThat(file.load().orElseThrow().manifest()).as("seed " + seed + " step " + i)
          .isIn(old, newest);
    }
  }

  @Test
  void a_broken_file_does_not_take_the_place_of_the_good_one_before_it() throws IOException {
    saveBoth();
    Files.writeString(path, "{");

    CellManifest third = manifest("third", T.plusSeconds(2));
    file.save(third);
    assertThat(file.load()).contains(new ManifestFile.Loaded(third, Optional.empty()));

    Files.writeString(path, "{");
    assertThat(file.load().orElseThrow().manifest()).isEqualTo(old);
  }

  @Test
  void a_crash_between_the_two_renames_leaves_the_one_before() throws IOException {
    saveBoth();
    Files.delete(folder.resolve("manifest.json.bak"));
    Files.move(path, folder.resolve("manifest.json.bak"));
    Files.writeString(folder.resolve("manifest.json.new"), "half of one");

    ManifestFile.Loaded loaded = file.load().orElseThrow();
    assertThat(loaded.manifest()).isEqualTo(newest);
    assertThat(loaded.problem()).isPresent();

    file.save(newest);
    assertThat(file.load()).contains(new ManifestFile.Loaded(newest, Optional.empty()));
  }

  @Test
  void when_both_are_broken_the_message_says_so_and_quotes_nothing() throws IOException {
    saveBoth();
    String secretish = "SCRAM-SHA-256$4096:hush";
    Files.writeString(path, secretish);
    Files.writeString(folder.resolve("manifest.json.bak"), secretish);

    assertThatThrownBy(() -> file.load()).isInstanceOf(ManifestException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining(".bak")
        .hasMessageContaining("not whole JSON")
        .hasStackTraceContaining("ManifestException")
        .satisfies(e -> assertThat(e.toString() + e.getCause()).doesNotContain("hush"));
  }

  @Test
  void a_format_of_a_later_version_is_named() throws IOException {
    file.save(old);
    Files.writeString(path, Files.readString(path).replace("\"format\" : 2", "\"format\" : 3"));

    assertThatThrownBy(() -> file.load()).isInstanceOf(ManifestException.class)
        .hasMessageContaining("has format 3; this version reads 2");
  }

  @Test
  void it_may_be_formatted_but_not_edited() throws IOException {
    file.save(old);
    String text = Files.readString(path);

    Files.writeString(path, text.replace("\n", "\n   "));
    assertThat(file.load().orElseThrow().manifest()).isEqualTo(old);

    Files.writeString(path, text.replace("\"ro\"", "\"rw\""));
    assertThatThrownBy(() -> file.load()).hasMessageContaining("does not match its digest");
  }

  @Test
  void it_holds_verifiers_and_is_not_printed_with_them() throws IOException {
    file.save(old);

    assertThat(Files.readString(path, StandardCharsets.UTF_8)).contains(Samples.VERIFIER);
    assertThat(old.toString()).doesNotContain("SCRAM");
  }

  @Test
  void a_database_of_another_cell_does_not_belong_in_it() {
    assertThatThrownBy(
        () -> new CellManifest(new CellId("b"), T, old.databases(), old.credentials()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
