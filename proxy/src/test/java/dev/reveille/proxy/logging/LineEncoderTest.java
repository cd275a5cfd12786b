package dev.reveille.proxy.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class LineEncoderTest {
  private static final Pattern KEY = Pattern.compile("addKeyValue\\(\\s*\"([^\"]*)\"");

  @Test
  void text_is_one_line_of_keys_and_values() {
    String line = encoded(false, event("cell is up", null, "cell", "a", "reason", "two words"));

    assertThat(line).isEqualTo("time=2026-01-02T03:04:05.678Z level=info logger=Cells "
        + "message=\"cell is up\" cell=a reason=\"two words\"\n");
  }

  @Test
  void a_line_cannot_be_forged_by_what_a_stranger_sent() {
    String line = encoded(false, event("refused", null, "name", "x\ntime=2026 level=error \"y"));

    assertThat(line).hasLineCount(1).contains("name=\"x\\ntime=2026 level=error \\\"y\"");
  }

  @Test
  void json_is_one_object_with_the_stack_in_it() {
    String line = encoded(true,
        event("bad \u0007", new IllegalStateException("boom"), "name", "ü\"\\"));

    assertThat(line).hasLineCount(1);
    JsonNode json = JsonMapper.shared().readTree(line);
    assertThat(json.path("message").asString()).isEqualTo("bad \u0007");
    assertThat(json.path("name").asString()).isEqualTo("ü\"\\");
    assertThat(json.path("error").asString()).contains("IllegalStateException: boom", "\tat ");
  }

  @Test
  void every_key_that_the_code_writes_is_in_the_table() throws Exception {
    Set<String> unknown = new TreeSet<>();
    for (String module : List.of("proxy", "wake-on-connect", "cell-router", "auth")) {
      Path sources = Path.of("..", module, "src", "main", "java");
      try (var files = Files.walk(sources)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          Matcher matcher = KEY.matcher(Files.readString(file));
          while (matcher.find()) {
            if (!LogKey.keys().contains(matcher.group(1))) {
              unknown.add(matcher.group(1) + " in " + file.getFileName());
            }
          }
        }
      }
    }

    assertThat(unknown).isEmpty();
  }

  private static LoggingEvent event(String message, @Nullable Throwable thrown, String... pairs) {
    LoggerContext context = new LoggerContext();
    Logger logger = context.getLogger("dev.reveille.Cells");
    LoggingEvent event = new LoggingEvent("", logger, Level.INFO, message, thrown, null);
    event.setInstant(Instant.parse("2026-01-02T03:04:05.678Z"));
    for (int i = 0; i < pairs.length; i += 2) {
      event.addKeyValuePair(new KeyValuePair(pairs[i], pairs[i + 1]));
    }
    return event;
  }

  private static String encoded(boolean json, LoggingEvent event) {
    return new String(new LineEncoder(json).encode(event), StandardCharsets.UTF_8);
  }
}
