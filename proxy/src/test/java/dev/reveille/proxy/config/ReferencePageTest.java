package dev.reveille.proxy.config;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Run with {@code -Dreveille.write-docs=true} to write the page anew. */
class ReferencePageTest {
  @Test
  void the_page_says_what_the_declarations_say() throws Exception {
    Path page = Path.of("..", "docs", "configuration.md");
    if (Boolean.getBoolean("reveille.write-docs")) {
      Files.createDirectories(page.getParent());
      Files.writeString(page, ReferencePage.text());
    }

    assertThat(page).content().isEqualTo(ReferencePage.text());
  }
}
