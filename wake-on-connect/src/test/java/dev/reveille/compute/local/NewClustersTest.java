package dev.reveille.compute.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@SuppressWarnings("NullAway.Init")
class NewClustersTest {
  private static final List<String> RECIPE = List.of("--encoding=UTF8");

  @TempDir
  Path directory;
  private final AtomicInteger made = new AtomicInteger();
  private ComputeUser user;
  private PostgresDistribution postgres;

  @BeforeEach
  void nothingIsKept() throws IOException {
    user = ComputeUser.current();
    postgres = new PostgresDistribution(directory, 18, "18", Optional.of(kept()));
  }

  @Test
  void what_was_made_for_one_home_is_the_same_in_the_next() throws Exception {
    Path first = filled(postgres, RECIPE);
    Path second = filled(postgres, RECIPE);

    assertThat(made).hasValue(1);
    assertThat(Files.readString(second.resolve("base/1/1259")))
        .isEqualTo(Files.readString(first.resolve("base/1/1259")));
    assertThat(Files.isDirectory(second.resolve("pg_wal"))).isTrue();
    assertThat(Files.getAttribute(second.resolve("base/1/1259"), "unix:uid"))
        .isEqualTo(user.uid());
  }

  @Test
  void another_recipe_is_made_by_itself() throws Exception {
    filled(postgres, RECIPE);
    filled(postgres, List.of("--encoding=LATIN1"));

    assertThat(made).hasValue(2);
    assertThat(archives()).hasSize(2);
  }

  @Test
  void what_is_damaged_is_made_again_and_leaves_nothing_half() throws Exception {
    filled(postgres, RECIPE);
    Path archive = archives().getFirst();
    byte[] bytes = Files.readAllBytes(archive);
    Files.write(archive, java.util.Arrays.copyOf(bytes, bytes.length - 9));

    filled(postgres, RECIPE);
    filled(postgres, RECIPE);

    assertThat(made).as("the second time for the first of these two").hasValue(2);
    assertThat(archives()).as("nothing was left beside it").hasSize(1);
  }

  @Test
  void only_whoever_runs_the_proxy_can_read_what_is_kept() throws Exception {
    filled(postgres, RECIPE);

    assertThat(PosixFilePermissions
        .toString(Files.getPosixFilePermissions(archives().getFirst()))).isEqualTo("rw-------");
  }

  @Test
  void a_place_that_cannot_be_written_only_costs_time() throws Exception {
    Files.writeString(kept(), "in the way");

    filled(postgres, RECIPE);
    filled(postgres, RECIPE);

    assertThat(made).hasValue(2);
  }

  @Test
  void nothing_is_kept_of_programs_that_somebody_else_installed() throws Exception {
    filled(new PostgresDistribution(directory, 18, "18", Optional.empty()), RECIPE);

    assertThat(kept()).doesNotExist();
  }

  private Path kept() {
    return directory.resolve("clusters");
  }

  private List<Path> archives() throws IOException {
    try (Stream<Path> files = Files.list(kept())) {
      return files.toList();
    }
  }

  private Path filled(PostgresDistribution programs, List<String> recipe) throws Exception {
    Path data = Files.createTempDirectory(directory, "data");
    NewClusters.fill(programs, recipe, data, user, into -> {
      assertThat(into).isEmptyDirectory();
      Files.createDirectories(into.resolve("base/1"));
      Files.createDirectory(into.resolve("pg_wal"));
      Files.writeString(into.resolve("base/1/1259"), "made " + made.incrementAndGet());
    });
    return data;
  }
}
