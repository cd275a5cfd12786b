package dev.reveille.chaos.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The figures of one run, as a page and as lines on standard output. */
final class Report {
  private final List<String> lines = new ArrayList<>();

  void section(String title, String... columns) {
    add("");
    add("## " + title);
    add("");
    add("| " + String.join(" | ", columns) + " |");
    add("|" + "---|".repeat(columns.length));
  }

  void row(String... cells) {
    add("| " + String.join(" | ", cells) + " |");
  }

  void add(String line) {
    lines.add(line);
    System.out.println(line);
  }

  static String ratio(double value, double base) {
    return base == 0 ? "–" : String.format(Locale.ROOT, "%.2f ×", value / base);
  }

  void write(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, lines);
  }
}
