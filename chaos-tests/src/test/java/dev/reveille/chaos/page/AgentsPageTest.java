package dev.reveille.chaos.page;

import dev.reveille.chaos.harness.RunningReveille;
import dev.reveille.chaos.harness.RunningReveille.Setup;
import dev.reveille.chaos.tools.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The page for agents: each of its commands prints what it says there. */
class AgentsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "agents.md");

  @Test
  void each_command_of_the_page_prints_what_it_says(@TempDir Path directory) throws Exception {
    WorkedExamples page = WorkedExamples.of(PAGE);
    assertThat(page.size()).isGreaterThan(20);
    for (String program : List.of("psql", "createdb", "dropdb")) {
      Files.createSymbolicLink(directory.resolve(program), Tools.pgProgram(program));
    }
    try (RunningReveille reveille = RunningReveille.start(Setup.plain())) {
      reveille.launcher(directory);
      page.run(directory, directory, reveille.home());
    }
  }

  @Test
  void a_page_that_says_something_else_is_caught(@TempDir Path directory) throws Exception {
    Path page = Files.writeString(directory.resolve("page.md"), """
        ```console
        $ echo one
        one
        $ echo two; false
        three
        …
        [exit 1]
        ```
        """);
    assertThat(org.assertj.core.api.Assertions
        .catchThrowable(() -> WorkedExamples.of(page).run(directory, directory, directory)))
        .hasMessageContaining("echo two")
        .message()
        .doesNotContain("echo one");
  }
}
