package dev.reveille.proxy.audit;

import dev.reveille.cell.AuditEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Run with {@code -Dreveille.write-docs=true} to write the page anew. */
class EntriesTest {
  private static final Instant AT = Instant.parse("2030-01-01T00:00:00Z");
  private static final String HEAD = "<!-- The table is written by EntriesTest. -->\n";

  @Test
  void the_samples_have_each_kind_once() {
    assertThat(AuditSamples.all()).extracting(AuditEvent::kind)
        .containsExactlyInAnyOrder(AuditKind.values());
    assertThat(AuditSamples.all()).extracting(Object::getClass)
        .containsOnly(AuditEvent.class.getPermittedSubclasses());
  }

  @Test
  void a_line_says_what_its_entry_says() {
    for (AuditEvent event : AuditSamples.all()) {
      AuditEntry entry = entry(event);
      String line = Entries.line(entry);
      JsonNode read = JsonMapper.shared().readTree(line);

      assertThat(line).endsWith("}\n").doesNotContain("\n{");
      assertThat(read.path("at").asString()).isEqualTo("2030-01-01T00:00:00Z");
      assertThat(read.path("number").asLong()).isEqualTo(5);
      assertThat(read.path("kind").asString()).isEqualTo(event.kind().label());
      assertThat(read.path("instance").asString()).isEqualTo("i1");
      entry.details()
          .forEach((name, value) -> assertThat(read.path(name).asString()).as(name)
              .isEqualTo(value.toString()));
    }
  }

  @Test
  void what_a_stranger_claims_is_bounded_and_escaped() {
    String hostile = "\u001b[2J\u009b\"\n{\"kind\":\"x\"}\u202e" + "y".repeat(500);

    String line = Entries.line(entry(AuditSamples.refused(hostile)));

    assertThat(line.chars().allMatch(c -> c == '\n' || (c >= ' ' && c < 127))).isTrue();
    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
    assertThat(line).hasSizeLessThan(800);
  }

  @Test
  void a_secret_in_the_wrong_place_is_not_repeated() {
    String secret = "wk_" + "0123456789abcdefghijABCDEFGHIJ".repeat(2).substring(0, 49);

    assertThat(Entries.line(entry(AuditSamples.refused(secret)))).doesNotContain(secret)
        .doesNotContain(secret.substring(3, 20))
        .contains("wk_");
    assertThat(Entries.line(entry(AuditSamples.request("select '" + secret + "'"))))
        .doesNotContain(secret.substring(3, 20));
  }

  @Test
  void the_page_lists_every_kind_with_its_facts() throws Exception {
    Path page = Path.of("..", "docs", "audit.md");
    String text = Files.readString(page);
    String written = text.substring(0, text.indexOf(HEAD) + HEAD.length()) + table();
    if (Boolean.getBoolean("reveille.write-docs")) {
      Files.writeString(page, written);
    }

    assertThat(text).isEqualTo(written);
  }

  private static String table() {
    Map<AuditKind, AuditEvent> samples = AuditSamples.all()
        .stream()
        .collect(Collectors.toMap(AuditEvent::kind, event -> event));
    StringBuilder table = new StringBuilder(
        "\n| kind | what has happened | facts |\n|---|---|---|\n");
    for (AuditKind kind : AuditKind.values()) {
      List<String> facts = new ArrayList<>();
      Details.of(Objects.requireNonNull(samples.get(kind)))
          .keySet()
          .forEach(fact -> facts.add("`" + fact + "`"));
      table.append("| `").append(kind.label()).append("` | ").append(kind.about()).append(" | ");
      table.append(String.join(", ", facts)).append(" |\n");
    }
    return table.toString();
  }

  private static AuditEntry entry(AuditEvent event) {
    return Entries.entry(new Noted(AT, 5, event), "i1");
  }
}
