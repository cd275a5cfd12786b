package dev.reveille.chaos.page;

import dev.reveille.chaos.tools.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;

/**
 * The examples of a page of Markdown, run as they stand there, in one shell and in their order.
 *
 * <p>
 * An example is in a block that is fenced as {@code console}: a line that begins with {@code $} is a
 * command (lines that begin with {@code >} continue it), and what follows up to the next is what it
 * prints. There {@code …} stands for any text, and alone on its line for any lines. A command that
 * ends with another code than 0 ends with the line {@code [exit CODE]}. On a busy machine a notice may
 * say that a database is waking up: that is left out.
 */
final class WorkedExamples {
  private static final char BEGIN = '\u0001';
  private static final char END = '\u0002';
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** One command of the page and what it prints, by the line that it stands on. */
  record Example(int line, String command, List<String> printed) {

    Pattern expected() {
      StringBuilder pattern = new StringBuilder();
      for (String text : printed) {
        if (text.isBlank()) {
          pattern.append("(?:\\h*\n)?");
          continue;
        }
        pattern.append(text.strip().equals("…")
            ? "(?:.*\n)*?"
            : Stream.of(text.strip().split("…", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*?", "\\h*", "\\h*\n")));
      }
      return Pattern.compile(pattern.toString());
    }
  }

  private final List<Example> examples;

  private WorkedExamples(List<Example> examples) {
    this.examples = List.copyOf(examples);
  }

  static WorkedExamples of(Path page) throws IOException {
    List<Example> examples = new ArrayList<>();
    boolean inside = false;
    int number = 0;
    for (String text : Files.readAllLines(page)) {
      number++;
      if (text.strip().startsWith("```")) {
        inside = !inside && text.strip().equals("```console");
      } else if (inside && text.startsWith("$ ")) {
        examples.add(new Example(number, text.substring(2), new ArrayList<>()));
      } else if (inside && text.startsWith("> ") && !examples.isEmpty()) {
        Example begun = examples.removeLast();
        examples.add(new Example(begun.line, begun.command + "\n" + text.substring(2),
            new ArrayList<>()));
      } else if (inside && !examples.isEmpty()) {
        examples.getLast().printed.add(text);
      }
    }
    return new WorkedExamples(examples);
  }

  int size() {
    return examples.size();
  }

  /** Runs all of them with {@code directory} as the current one; says which print something else. */
  void run(Path directory, Path path, Path home) {
    StringBuilder script = new StringBuilder("cd \"$1\"\n");
    for (Example example : examples) {
      script.append("printf '")
          .append(octal(BEGIN))
          .append("%s\\n' ")
          .append(example.line)
          .append("\n{ ")
          .append(example.command)
          .append("\n} 2>&1 </dev/null\nlast=$?\n[ $last = 0 ] || echo \"[exit $last]\"\nprintf '")
          .append(octal(END))
          .append("\\n'\n");
    }
    Command.Outcome outcome = Command.of("bash", "-s", directory.toString())
        .input(script.toString())
        .with("PATH", path + ":" + System.getenv("PATH"))
        .with("REVEILLE_HOME", home.toString())
        .with("PSQLRC", "/dev/null")
        .with("LC_ALL", "C.UTF-8")
        .with("COLUMNS", "100")
        .within(PATIENCE)
        .run();
    SoftAssertions.assertSoftly(softly -> {
      for (Example example : examples) {
        softly.assertThat(printed(outcome.out(), example.line))
            .as("line %d: %s\n%s", example.line, example.command, outcome.err())
            .matches(example.expected());
      }
    });
  }

  private static String printed(String all, int line) {
    int begin = all.indexOf(BEGIN + Integer.toString(line) + "\n");
    if (begin < 0) {
      return "the script ended before this\n";
    }
    int end = all.indexOf(END, begin);
    return all.substring(all.indexOf('\n', begin) + 1, end < 0 ? all.length() : end)
        .lines()
        .filter(text -> !text.endsWith(" is waking up"))
        .map(text -> text + "\n")
        .collect(Collectors.joining());
  }

  private static String octal(char character) {
    return "\\%03o".formatted((int) character);
  }
}
