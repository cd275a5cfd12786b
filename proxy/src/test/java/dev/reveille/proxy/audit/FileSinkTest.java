package dev.reveille.proxy.audit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class FileSinkTest {
  private static final Instant AT = Instant.parse("2030-01-01T00:00:00Z");

  @TempDir
  Path directory;

  @Test
  void lines_are_appended_to_what_an_earlier_life_wrote() throws Exception {
    Path file = directory.resolve("audit.jsonl");
    write(file, 1 << 20, 1, 2);
    write(file, 1 << 20, 1, 1);

    assertThat(Files.readAllLines(file)).hasSize(3)
        .allMatch(line -> line.startsWith("{\"at\":") && line.endsWith("}"));
    assertThat(mode(file)).isEqualTo("rw-------");
  }

  @Test
  void it_is_renamed_past_its_size_and_the_oldest_goes() throws Exception {
    Path file = directory.resolve("audit.jsonl");

    write(file, 500, 40, 1);

    List<Path> files;
    try (var list = Files.list(directory)) {
      files = list.sorted().toList();
    }
    assertThat(files).extracting(f -> f.getFileName().toString())
        .containsExactly("audit.jsonl", "audit.jsonl.1", "audit.jsonl.2", "audit.jsonl.3");
    for (Path each : files) {
      assertThat(Files.size(each)).isLessThan(1000);
      assertThat(mode(each)).isEqualTo("rw-------");
    }
    assertThat(Files.readAllLines(directory.resolve("audit.jsonl.1")).getLast())
        .contains("\"number\":");
  }

  private static void write(Path file, long size, int batches, int each) throws Exception {
    try (FileSink sink = new FileSink(file, size, 3, "i1")) {
      for (int i = 0; i < batches; i++) {
        Noted noted = new Noted(AT, i, AuditSamples.revoked("a_one"));
        sink.keep(Collections.nCopies(each, noted));
      }
    }
  }

  private static String mode(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
