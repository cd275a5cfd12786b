package dev.reveille.proxy.operations;

import dev.reveille.cell.CredentialKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Holds the table of limits in {@code docs/credentials.md} to the declarations. */
class CredentialPageTest {
  private static final String START = "<!-- limits -->\n";
  private static final String END = "<!-- /limits -->";

  @Test
  void the_page_has_every_limit_with_its_defaults() throws IOException {
    Path page = Path.of("..", "docs", "credentials.md");
    String text = Files.readString(page);
    int start = text.indexOf(START) + START.length();
    int end = text.indexOf(END);
    if (Boolean.getBoolean("reveille.write-docs")) {
      Files.writeString(page, text.substring(0, start) + table() + text.substring(end));
      return;
    }

    assertThat(text.substring(start, end))
        .as("run this test with -Dreveille.write-docs=true")
        .isEqualTo(table());
  }

  private static String table() {
    StringBuilder table = new StringBuilder("| option | an agent's | an app's | what |\n")
        .append("|---|---|---|---|\n");
    for (CredentialLimit limit : CredentialLimit.values()) {
      table.append("| `")
          .append(limit.option())
          .append("` | ")
          .append(limit.text(CredentialKind.AGENT.limits()))
          .append(" | ")
          .append(limit.text(CredentialKind.APP.limits()))
          .append(" | ")
          .append(limit.about())
          .append(" |\n");
    }
    return table.toString();
  }
}
